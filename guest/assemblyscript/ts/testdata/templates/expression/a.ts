export const a = `x${(await import('../l1/m')).v}z`;
export const b = `import '../l9/m' ${require("../l2/m").v} export * from '../l9/m'`;
export const c = `${`${v}`} ${{ a: [() => { return import('../l3/m'); }] }}`;
export const d = import(`../l4/m`);
export const e = `${await import('../l5/m')} ${a ? require('../l6/m') : 1}`;
export const f = `${b ? import('../l7/m') : import('../l8/m')}`;
