/** What setting up can fail with in a way that the user can mend; the message says what, where and what to do. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode] the launcher's exit code: 1, or 130 for a cancel
   */
  constructor(message, exitCode = 1) {
    super(message)
    this.name = 'SetupError'
    this.exitCode = exitCode
  }
}
