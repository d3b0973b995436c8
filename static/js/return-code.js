/* The return code on a one-time notice, as it is typed, touched or scanned (Q3). */

export const LENGTH = 10;
export const DIGITS = "1234567890";
export const LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"; // no code has I, L, O, U

/** The signs in what was typed or scanned (`…?back=CODE`), as the paper writes them. */
export const signsOf = (text) => text.split("back=").pop().toUpperCase()
  .replace(/O/g, "0").replace(/[IL]/g, "1").replace(/[\s\u2013\uff0d-]/g, "");

/** Whether these signs could stand in a code. */
export const mayBeCode = (signs) => signs.length <= LENGTH && Array.from(signs).every((sign) => (DIGITS + LETTERS).includes(sign));

/** Whether they are a whole one. */
export const isCode = (signs) => signs.length === LENGTH && mayBeCode(signs);
