// Before the first paint: the theme and the density that this browser keeps. An own file, since the policy allows no inline script.
;(function () {
  var kept = {}
  try {
    kept = JSON.parse(localStorage.getItem('bowline.appearance') || '{}') || {}
  } catch (e) {
    // What cannot be read is as if it were not there.
  }
  var root = document.documentElement
  root.dataset.theme = kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : 'auto'
  root.dataset.density = kept.density === 'comfortable' || kept.density === 'compact' ? kept.density : 'normal'
})()
