export * from "./words";
