/** Asks what of a run is to be deleted, and says what that means. */
import { html, nothing } from 'lit'
import type { TemplateResult } from 'lit'
import type { Overlay } from '../state/app/app-state.ts'
import type { Ui } from './ui.ts'

type DeleteRun = Extract<Overlay, { kind: 'delete-run' }>
const SHOWN = 12

export function deleteRunDialog(ui: Ui, { runId, files, shared }: DeleteRun): TemplateResult {
  const act = (command: string): void => {
    ui.run('close')
    ui.run(`${command}:${runId}`)
    ui.context.focus('.side-body')
  }
  const count = files.length === 1 ? 'one file' : `${files.length} files`
  return html`${
    files.length === 0
      ? html`<p class="ask">This run saved no files. It is removed from the history, with its workflow and its report. This cannot be undone.</p>`
      : html`<p class="ask">This run saved ${count}:</p>
        <ul class="files">${files.slice(0, SHOWN).map((file) => html`<li>${file}</li>`)}${files.length > SHOWN ? html`<li>and ${files.length - SHOWN} more</li>` : nothing}</ul>
        <p class="ask"><b>Remove from history</b> forgets the run, its workflow and its report; ${files.length === 1 ? 'the file stays' : 'the files stay'} in the output folder.
          <b>Delete files too</b> also deletes ${files.length === 1 ? 'the file' : 'the files'} from the disk. Neither can be undone.</p>
        ${shared === 0 ? nothing : html`<p class="note">${shared === 1 ? 'Another run shows' : `${shared} other runs show`} the same ${files.length === 1 ? 'file' : 'files'}: there it will be missing.</p>`}`
  }
    <div class="row end">
      <button @click=${() => ui.run('close')}>Cancel</button>
      <button @click=${() => act('run-delete')}>Remove from history</button>
      ${files.length === 0 ? nothing : html`<button class="danger" @click=${() => act('run-delete-files')}>Delete files too</button>`}
    </div>`
}
