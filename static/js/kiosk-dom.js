/* Elements, and bringing a page up to date in place: what a finger rests on is never taken from under it. */

const SVG = "http://www.w3.org/2000/svg";

/** An element. Attributes that are null or false are left out; `on` is what a touch does; empty children are skipped. */
export function h(tag, { on, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  });
  if (on) element.onclick = on;
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

/** One sign of the house's sprite, as decoration. */
export function icon(sprite, name) {
  const element = document.createElementNS(SVG, "svg");
  element.setAttribute("class", "icon");
  element.setAttribute("viewBox", "0 0 48 48");
  element.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  element.append(use);
  return element;
}

/** Make the children of `parent` like `wanted`, keeping each element that is still the same thing. */
export function patch(parent, wanted) {
  wanted.forEach((fresh, at) => {
    const old = parent.childNodes[at];
    if (!old) parent.append(fresh);
    else if (alike(old, fresh)) update(old, fresh);
    else old.replaceWith(fresh);
  });
  while (parent.childNodes.length > wanted.length) parent.lastChild.remove();
}

function alike(old, fresh) {
  return old.nodeName === fresh.nodeName
    && (old.nodeType !== Node.ELEMENT_NODE || ["data-key", "data-line", "data-item"].every(
      (name) => old.getAttribute(name) === fresh.getAttribute(name),
    ));
}

function update(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  Array.from(old.attributes, ({ name }) => name).forEach((name) => fresh.hasAttribute(name) || old.removeAttribute(name));
  Array.from(fresh.attributes, ({ name, value }) => old.getAttribute(name) === value || old.setAttribute(name, value));
  old.onclick = fresh.onclick;
  patch(old, Array.from(fresh.childNodes));
}
