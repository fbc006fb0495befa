import b from "./b.cjs";
export default b;
