/** The editor: puts store, canvas, panels and server together. */
import 'uplot/dist/uPlot.min.css'
import './style/base.css'
import './style/frame.css'
import './style/panels.css'
import './style/canvas.css'
import './style/dock.css'
import './style/overlays.css'
import './style/sizes.css'
import { createEditor } from './app/create-editor.ts'

const canvas = document.querySelector<HTMLCanvasElement>('#canvas')
const root = document.querySelector<HTMLElement>('#app')
if (canvas !== null && root !== null) void createEditor(canvas, root)
