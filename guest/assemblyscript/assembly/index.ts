// Write a Gazelle language in AssemblyScript that compiles to a WebAssembly guest for Dorcas. README.md has a whole guest.
//
// Left out on purpose: regular expressions, file access, and a parser for any language. Sources come with the request, in
// the form that the manifest's inputs ask for.

export * from "./messages";
export { answer, fail, name } from "./answer";
export { compare, sort } from "./order";
export { bytesOf, textOf } from "./text";
