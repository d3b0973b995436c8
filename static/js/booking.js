/* Booking on a phone or at the desk: the countdown of a held time, and the slip through the browser. */

import { countDown } from "./held-time.js";

countDown();
const print = document.getElementById("print");
if (print) print.addEventListener("click", () => window.print());
