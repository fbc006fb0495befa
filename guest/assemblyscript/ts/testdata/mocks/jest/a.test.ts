import "../l2/m";
jest.mock("../l1/m");
jest.mock<typeof import("../l3/m")>("../l3/m", () => ({ v: 2 }));
const { v } = jest.requireActual("../l4/m");
