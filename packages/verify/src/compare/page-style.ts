/** The style sheet of a comparison page: light and dark, wide and narrow, nothing that comes from elsewhere. */
import { paletteProperties } from '@dicache/nodes-diffusion/charts'

/** Charts come in two widths; the style shows the one that fits. */
export const pageStyle: string = `
:root{color-scheme:light dark;--page:#f4f6f8;--card:#ffffff;--line:#dde2e8;--ink:#1b2026;--soft:#59636e;--accent:#0b5c94;${paletteProperties('light')}}
@media (prefers-color-scheme:dark){:root{--page:#0d1013;--card:#14181d;--line:#2a3038;--ink:#e8ecf1;--soft:#a5afba;--accent:#56b4e9;${paletteProperties('dark')}}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
main{max-width:980px;margin:0 auto;padding:24px 16px 64px}
h1{font-size:26px;line-height:1.2;margin:8px 0 4px;overflow-wrap:anywhere}
h2{font-size:19px;margin:0 0 4px;overflow-wrap:anywhere}
p{margin:4px 0 12px;overflow-wrap:anywhere}
.soft{color:var(--soft)}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:16px;margin:20px 0}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:12px 0 0}
.facts dt{color:var(--soft)}
.facts dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:7px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
th{font-weight:600;font-size:13px;color:var(--soft);vertical-align:bottom}
th:first-child,td:first-child{text-align:left;position:sticky;left:0;background:var(--card)}
tbody th{color:var(--ink);font-size:15px;min-width:110px;max-width:190px;white-space:normal;overflow-wrap:anywhere}
tbody tr:last-child>*{border-bottom:0}
a{color:var(--accent)}
nav{display:flex;flex-wrap:wrap;gap:4px 16px;margin:12px 0 0}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(150px,100%),1fr));gap:12px;margin:12px 0;max-width:720px}
figure{margin:0}
figcaption{font-size:13px;color:var(--soft);margin-top:6px}
img{display:block;width:100%;height:auto;border-radius:6px;background:var(--line)}
img.small{image-rendering:pixelated}
.chart svg{display:block;width:100%;height:auto}
.chart .narrow{display:none}
.numbers{display:flex;flex-wrap:wrap;gap:6px 26px;margin:12px 0;padding:0;list-style:none;font-variant-numeric:tabular-nums}
.numbers b{font-size:20px;font-weight:600;display:block;line-height:1.2}
.numbers span{font-size:13px;color:var(--soft)}
details>summary{cursor:pointer;color:var(--accent);padding:6px 0}
.slider{max-width:560px;margin:12px auto 0}
.stage{position:relative;overflow:hidden;border-radius:6px;--at:50%}
.stage .over{position:absolute;inset:0;clip-path:inset(0 0 0 var(--at))}
.stage.on::after{content:"";position:absolute;top:0;bottom:0;left:var(--at);width:2px;margin-left:-1px;background:#fff;box-shadow:0 0 0 1px #0008}
.slider input[type=range]{width:100%;margin:12px 0 4px;accent-color:var(--accent);height:28px}
.ends{display:flex;justify-content:space-between;gap:16px;font-size:13px;color:var(--soft)}
.choose{display:flex;flex-wrap:wrap;gap:8px;margin:0;padding:0;border:0}
.choose label{display:inline-flex;align-items:center;gap:6px;border:1px solid var(--line);border-radius:999px;padding:5px 12px;cursor:pointer;max-width:100%;overflow-wrap:anywhere}
.choose label:has(:checked){border-color:var(--accent);color:var(--accent)}
.choose input{accent-color:var(--accent);margin:0}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (scripting:none){.choose,.slider input,.over{display:none}}
@media (max-width:640px){
main{padding:12px 10px 48px}
.card{padding:12px 10px;border-radius:10px}
.chart{margin:0 -6px}
.chart .wide{display:none}
.chart .narrow{display:block}
h1{font-size:22px}
}
`
