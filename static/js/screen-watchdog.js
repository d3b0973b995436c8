/* For every browser, also those of old televisions and phones that know no modules: written in the language of 2009.
   Where the page's own scripts have not begun after a while (too old, or one of their files got lost on the way),
   the page is loaded anew again and again: it comes complete from the server. Never while the server does not
   answer: a browser's own error page would stay for good. */
(function () {
  var PATIENCE = 15000; // ms for the page's own scripts to begin
  var PACE = 8000; // ms between two looks
  var html = document.documentElement;

  function ask(method, address, body, done) {
    var request = new XMLHttpRequest();
    request.onreadystatechange = function () {
      if (request.readyState === 4) done(request.status, request.responseText);
    };
    request.open(method, address, true);
    if (body) {
      request.setRequestHeader("Content-Type", "application/json");
      request.setRequestHeader("Hall-Device", "1");
    }
    request.send(body);
  }

  function look() {
    if (html.getAttribute("data-live")) return; // the page's own scripts tell the state from here on
    if (document.querySelector("details[open]")) return setTimeout(look, PACE); // somebody is about to press there
    ask("GET", location.href, null, function (status) {
      if (status === 200) location.reload();
      else setTimeout(look, PACE);
    });
  }

  /* An enrolled screen says that it is at work, and hears whether it shall be quiet: it begins afresh if that changed. */
  function report() {
    ask("POST", "/api/v1/devices/here", "{}", function (status, said) {
      if (status === 200 && JSON.parse(said).quiet !== (enrolled.content === "quiet")) return location.reload();
      // Revoked, or no longer a screen: it goes on showing what everybody may see
      if (status !== 401 && status !== 403) setTimeout(report, 50000 + Math.random() * 20000);
    });
  }

  setTimeout(look, "noModule" in document.createElement("script") ? PATIENCE : PACE);
  var enrolled = document.querySelector("meta[name=hall-screen]");
  if (enrolled) report();
})();
