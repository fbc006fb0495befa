import "./a/app";
export const app = 1;
