jest.fn("../l9/m");
mock("../l9/m");
jest.spyOn("../l9/m");
import "../l1/m";
