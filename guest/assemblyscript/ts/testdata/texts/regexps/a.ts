export const tick = (c: string) => /[`]/.test(c);
export * from '../l1/m';
export const u = `x`;
function f(c: string) { return /["'`/]/.test(c); }
export * from '../l2/m';
if (u) /`/.test(u);
export * from '../l3/m';
const half = 1 / 2, more = half / 3; // '
const not = !/\/\*/.test(u) && typeof /'/;
export * from '../l4/m';
/* import '../l9/m' */
