// The printing is counted already: open the dialog once the page is complete, and never again on the way back.
const address = new URL(window.location.href)
const key = `official:${address.pathname}:${address.searchParams.get('printing')}`

async function printOnce() {
  if (sessionStorage.getItem(key)) return
  sessionStorage.setItem(key, '1')
  await document.fonts.ready
  window.print()
}

// A window that opened only to print goes when that is done; one that somebody came to stays
window.addEventListener('afterprint', () => {
  if (window.history.length === 1) window.close()
})
void printOnce()
