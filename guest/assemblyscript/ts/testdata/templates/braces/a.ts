export const a = `${{ b: "}" }} ${"`"} ${/* } ` */ 1} ${c["}"]}
import '../l9/m'`;
export * from '../l1/m';
const css = `a { b: c } \` \${ import '../l9/m' }`;
export * from '../l2/m';
