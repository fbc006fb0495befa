export const A = () => <p>src/*.ts</p>;
export const B = () => import("../l1/m");
/* end */
export const C = () => <a href="x">http://it's `here` <b>don't</b> {"}"} // none</a>;
export const D = () => <div>{import("../l2/m")}</div>;
export const E = () => <p>a/* {v} b</p>;
export const F = (x: number) => x > 1 ? import("../l3/m") : null;
export const G = () => (
  <p>
    /* not a comment
  </p>
);
export * from "../l4/m";
/* import "../l9/m" */
