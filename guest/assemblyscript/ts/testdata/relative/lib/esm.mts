export const esm = 1;
