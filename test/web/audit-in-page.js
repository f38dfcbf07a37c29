// Runs in the browser, so it stands alone, in plain JavaScript: what is wrong with what the page shows, a sentence for each fault.
;(min) => {
  const colorOf = (text) => {
    const parts = (text.match(/[\d.]+/g) ?? []).map(Number)
    return [parts[0] ?? 0, parts[1] ?? 0, parts[2] ?? 0, parts[3] ?? 1]
  }
  const part = (value) => {
    const v = value / 255
    return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  }
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
  const groundOf = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = colorOf(getComputedStyle(each).backgroundColor)
      if (color[3] > 0.9) return color
    }
    return [255, 255, 255, 1]
  }
  const seen = (element) =>
    element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    !element.closest('[disabled], [data-disabled], [aria-hidden="true"]')

  const faults = new Set()
  const content = document.querySelector('#content')
  if (document.documentElement.scrollWidth > window.innerWidth) faults.add('the page scrolls sideways')
  if (content && content.scrollWidth > content.clientWidth) faults.add('the content is cut off on the right')

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const words = texts.currentNode.textContent?.trim()
    const element = texts.currentNode.parentElement
    if (!words || !element || !seen(element)) continue
    const [a, b] = [light(colorOf(getComputedStyle(element).color)), light(groundOf(element))]
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
    if (contrast < min) faults.add(`"${words.slice(0, 40)}" has a contrast of ${contrast.toFixed(2)}`)
  }
  for (const control of document.querySelectorAll('button, a, input, select, textarea')) {
    if (!seen(control) || control.type === 'hidden' || control.type === 'file') continue
    const named =
      control.getAttribute('aria-label') ||
      control.getAttribute('aria-labelledby') ||
      control.textContent?.trim() ||
      control.title ||
      control.labels?.[0]?.textContent
    if (!named) faults.add(`a control has no name: ${control.outerHTML.slice(0, 120)}`)
  }
  return [...faults]
}
