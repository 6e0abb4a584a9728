/** The script of a comparison page: which picture lies over the uncached one, and where they meet. */

/** Without it the page shows the same pictures beside each other. */
export const pageScript: string = `
const box = document.querySelector('#slider')
const stage = box.querySelector('.stage')
const over = box.querySelector('.over')
const right = box.querySelector('.right')
const range = box.querySelector('input[type=range]')
const show = (radio) => {
  const picture = document.getElementById(radio.value)
  over.src = picture.src
  over.alt = picture.alt
  right.textContent = radio.dataset.label
}
const move = () => stage.style.setProperty('--at', range.value + '%')
for (const radio of box.querySelectorAll('input[type=radio]')) {
  radio.addEventListener('change', () => show(radio))
  if (radio.checked) show(radio)
}
range.addEventListener('input', move)
const follow = (event) => {
  if (event.buttons !== 1) return
  const { left, width } = stage.getBoundingClientRect()
  range.value = String(Math.max(0, Math.min(100, (100 * (event.clientX - left)) / width)))
  move()
}
stage.addEventListener('pointerdown', follow)
stage.addEventListener('pointermove', follow)
move()
stage.classList.add('on')
`
