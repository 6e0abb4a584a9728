/** Sets what a field shows, except while somebody types into it. */
import { Directive, directive, PartType } from 'lit/directive.js'
import type { ElementPart, PartInfo } from 'lit/directive.js'
import { noChange } from 'lit'

class TypedValue extends Directive {
  constructor(part: PartInfo) {
    super(part)
    if (part.type !== PartType.ELEMENT)
      throw new TypeError('typedValue goes into a tag, not into an attribute')
  }

  override update({ element }: ElementPart, [value]: [string]): unknown {
    const field = element as HTMLInputElement | HTMLTextAreaElement
    if (field.value !== value && document.activeElement !== field) field.value = value
    return noChange
  }

  render(_value: string): unknown {
    return noChange
  }
}

/** `<input ${typedValue('3')} />` */
export const typedValue: (value: string) => unknown = directive(TypedValue)
