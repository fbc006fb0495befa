export const a = `x${b ? `import '../l9/m'` : ''}z`;
export * from '../l1/m';
export const c = `${`${`import '../l9/m'`} require("../l9/m")`}`;
import '../l2/m';
