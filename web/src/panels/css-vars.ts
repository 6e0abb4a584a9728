/** Styles an element by script: a style attribute in markup would need a looser content security policy. */
import { Directive, directive } from 'lit/directive.js'
import type { ElementPart, PartInfo } from 'lit/directive.js'
import { PartType } from 'lit/directive.js'
import { noChange } from 'lit'

class CssVars extends Directive {
  constructor(part: PartInfo) {
    super(part)
    if (part.type !== PartType.ELEMENT) throw new TypeError('cssVars goes into a tag, not into an attribute')
  }

  override update(part: ElementPart, [values]: [Readonly<Record<string, string>>]): unknown {
    const { element } = part
    if (element instanceof HTMLElement || element instanceof SVGElement) {
      for (const [name, value] of Object.entries(values)) element.style.setProperty(name, value)
    }
    return noChange
  }

  render(_values: Readonly<Record<string, string>>): unknown {
    return noChange
  }
}

/** `<div ${cssVars({ width: '3px' })}>` */
export const cssVars: (values: Readonly<Record<string, string>>) => unknown = directive(CssVars)
