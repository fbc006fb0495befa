// The messages in AssemblyScript, from abi/schema.json: assembly/messages.ts, assembly/schema.ts and tests/json.ts.
//
//   node scripts/messages.mjs           writes them
//   node scripts/messages.mjs --check   tells which are not what the schema gives, by exit status 1

import { readFileSync, writeFileSync } from "node:fs";

const here = (path) => new URL(path, import.meta.url);
const schema = JSON.parse(readFileSync(here("../../../abi/schema.json"), "utf8"));
const HEAD = "// Generated from abi/schema.json by scripts/messages.mjs. Don't edit.\n\n";

/** Words that a field can't be called. */
const RENAMED = { import: "spec", default: "defaultValue", private: "privateAttrs" };

const types = new Map(schema.types.map((type) => [type.name, type]));
const isPlain = (type) => type.enum?.every((variant) => !variant.one && !variant.fields);
const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const lower = (name) => name[0].toLowerCase() + name.slice(1);
const fieldName = (name) => RENAMED[name] ?? camel(name);
const comment = (doc, indent = "") => (doc ? `${indent}/** ${doc} */\n` : "");

/** The class of the fields that a variant carries. */
const fieldsOf = (type, variant) => ({ name: `${type.name}${variant.name}`, doc: variant.doc, struct: variant.fields });

/** How a value of some shape is declared, begun, read, written and shown. */
function shape(of) {
  switch (of.kind) {
    case "bool":
      return { ts: "bool", start: "false", read: "r.bool()", write: (v) => `w.bool(${v})`, show: (v) => `${v} ? "true" : "false"` };
    case "u32":
      return { ts: "u32", start: "0", read: "r.u32()", write: (v) => `w.u32(${v})`, show: (v) => `${v}.toString()` };
    case "i64":
      return { ts: "i64", start: "0", read: "r.i64()", write: (v) => `w.i64(${v})`, show: (v) => `${v}.toString()` };
    case "text":
      return { ts: "string", start: '""', read: "r.text()", write: (v) => `w.text(${v})`, show: (v) => `text(${v})` };
    case "bytes":
      return { ts: "ArrayBuffer", start: "NO_BYTES", read: "r.bytes()", write: (v) => `w.bytes(${v})`, show: (v) => `bytes(${v})` };
    case "type": {
      const type = types.get(of.name);
      if (isPlain(type)) {
        return {
          ts: of.name,
          start: `${of.name}.${type.enum[0].name}`,
          read: `<${of.name}>r.u32()`,
          write: (v) => `w.u32(${v})`,
          show: (v) => `show${of.name}(${v})`,
        };
      }
      return {
        ts: of.name,
        start: type.struct ? `new ${of.name}()` : lower(`${of.name}Start`),
        read: `r.one<${of.name}>()`,
        write: (v) => `${v}.write(w)`,
        show: (v) => `show${of.name}(${v})`,
      };
    }
    case "option": {
      const inner = shape(of.of);
      if (["bool", "u32", "i64"].includes(inner.ts)) throw new Error(`an option of ${inner.ts}`);
      return {
        ts: `${inner.ts} | null`,
        start: "null",
        read: `r.bool() ? ${inner.read} : null`,
        option: inner,
        show: (v) => `${v} === null ? "null" : ${inner.show(`${v}!`)}`,
      };
    }
    case "list": {
      const inner = shape(of.of);
      const kind = of.of.kind;
      if (kind == "text") {
        return { ts: "string[]", start: "[]", read: "r.texts()", write: (v) => `w.texts(${v})`, show: (v) => `texts(${v})` };
      }
      if (kind == "type" && !isPlain(types.get(of.of.name))) {
        return {
          ts: `${inner.ts}[]`,
          start: "[]",
          read: `r.list<${inner.ts}>()`,
          write: (v) => `w.list<${inner.ts}>(${v})`,
          show: (v) => `list<${inner.ts}>(${v}, show${inner.ts})`,
        };
      }
      if (kind == "option" && of.of.of.kind == "bytes") {
        return {
          ts: "Array<ArrayBuffer | null>",
          start: "[]",
          read: "r.optionalBytes()",
          write: (v) => `w.optionalBytes(${v})`,
          show: (v) => `optionalBytes(${v})`,
        };
      }
      throw new Error(`a list of ${kind}`);
    }
  }
  throw new Error(`a ${of.kind}`);
}

function structClass(type) {
  const fields = type.struct.map((field) => ({ ...field, as: fieldName(field.name), shape: shape(field.type) }));
  let out = comment(type.doc) + `export class ${type.name} {\n`;
  for (const field of fields) out += `${comment(field.doc, "  ")}  ${field.as}: ${field.shape.ts} = ${field.shape.start};\n`;
  out += `\n  get schema(): u32 {\n    return ${idOf(type)};\n  }\n`;
  out += "\n  read(r: Reader): void {\n";
  for (const field of fields) out += `    this.${field.as} = ${field.shape.read};\n`;
  out += "  }\n\n  write(w: Writer): void {\n";
  for (const field of fields) {
    const inner = field.shape.option;
    if (inner) {
      out += `    const ${field.as} = this.${field.as};\n    w.bool(${field.as} !== null);\n`;
      out += `    if (${field.as} !== null) ${inner.write(field.as)};\n`;
    } else out += `    ${field.shape.write(`this.${field.as}`)};\n`;
  }
  return out + "  }\n}\n";
}

function plainEnum(type) {
  let out = comment(type.doc) + `export enum ${type.name} {\n`;
  for (const variant of type.enum) out += `${comment(variant.doc, "  ")}  ${variant.name},\n`;
  return out + "}\n";
}

function enumClass(type) {
  const variants = type.enum.map((variant) => {
    const fields = variant.fields ? fieldsOf(type, variant) : null;
    const one = fields ? { kind: "type", name: fields.name } : variant.one;
    return { ...variant, fieldsClass: fields, shape: one && (fields ? fieldShape(fields) : shape(one)), as: lower(variant.name) };
  });
  const isNumber = (variant) => variant.shape && ["bool", "u32", "i64"].includes(variant.shape.ts);
  const numbers = variants.some(isNumber);
  const objects = variants.some((variant) => variant.shape && !isNumber(variant));
  const rest = (payload, number) => (objects ? `, ${payload}` : "") + (numbers ? `, ${number}` : "");
  let out = "";
  for (const variant of variants) if (variant.fieldsClass) out += structClass(variant.fieldsClass) + "\n";
  out += `/** The variants of ${type.name}. */\nexport enum ${type.name}Tag {\n`;
  for (const variant of variants) out += `${comment(variant.doc, "  ")}  ${variant.name},\n`;
  out += `}\n\n${comment(type.doc)}export class ${type.name} {\n  private constructor(\n    /** Which variant it is. */\n    public tag: ${type.name}Tag,\n`;
  if (objects) out += "    private payload: Object | null,\n";
  if (numbers) out += "    private number: i64,\n";
  out += "  ) {}\n";
  for (const variant of variants) {
    const make = (payload, number) => `return new ${type.name}(${type.name}Tag.${variant.name}${rest(payload, number)});`;
    const is = `this.tag == ${type.name}Tag.${variant.name}`;
    out += "\n" + comment(variant.doc, "  ");
    if (variant.fieldsClass) {
      const fields = variant.fields.map((field) => ({ as: fieldName(field.name), ts: shape(field.type).ts }));
      const parameters = fields.map((field) => `${field.as}: ${field.ts}`).join(", ");
      const literal = fields.map((field) => field.as).join(", ");
      out += `  static ${variant.as}(${parameters}): ${type.name} {\n`;
      out += `    const fields: ${variant.fieldsClass.name} = { ${fields.map((field) => `${field.as}: ${field.as}`).join(", ")} };\n`;
      out += `    ${make("fields", 0)}\n  }\n`;
    } else if (!variant.shape) out += `  static ${variant.as}(): ${type.name} {\n    ${make("null", 0)}\n  }\n`;
    else {
      const [payload, number] = isNumber(variant) ? ["null", "value"] : ["value", 0];
      out += `  static ${variant.as}(value: ${variant.shape.ts}): ${type.name} {\n    ${make(payload, number)}\n  }\n`;
    }
    if (!variant.shape) continue;
    if (isNumber(variant)) {
      const zero = variant.shape.ts == "bool" ? "false" : "0";
      out += `\n  /** What \`${variant.name}\` carries; ${zero} of another variant. */\n  get ${variant.as}(): ${variant.shape.ts} {\n`;
      out += `    return ${is} ? <${variant.shape.ts}>this.number : ${zero};\n  }\n`;
    } else {
      out += `\n  /** What \`${variant.name}\` carries; null of another variant. */\n  get ${variant.as}(): ${variant.shape.ts} | null {\n`;
      out += `    return ${is} ? changetype<${variant.shape.ts}>(this.payload) : null;\n  }\n`;
    }
  }
  out += `\n  get schema(): u32 {\n    return ${idOf(type)};\n  }\n`;
  const assign = (variant) =>
    !variant.shape ? "" : isNumber(variant) ? `this.number = ${variant.shape.read}` : `this.payload = ${variant.shape.read}`;
  const cases = (line) => {
    let out = "";
    for (const variant of variants) {
      if (!variant.shape) continue;
      out += `      case ${type.name}Tag.${variant.name}:\n        ${line(variant)};\n        break;\n`;
    }
    return out;
  };
  out += `\n  read(r: Reader): void {\n    this.tag = <${type.name}Tag>r.u32();\n`;
  if (objects) out += "    this.payload = null;\n";
  if (numbers) out += "    this.number = 0;\n";
  out += `    switch (this.tag) {\n${cases(assign)}    }\n  }\n`;
  out += "\n  write(w: Writer): void {\n    w.u32(this.tag);\n    switch (this.tag) {\n";
  out += cases((variant) =>
    variant.shape.write(isNumber(variant) ? `<${variant.shape.ts}>this.number` : `changetype<${variant.shape.ts}>(this.payload)`),
  );
  return out + "    }\n  }\n}\n" + startOf(type);
}

/** What a field of this type is before somebody sets it. It never changes, so that one is enough. */
function startOf(type) {
  const first = type.enum[0];
  const value = !first.one ? (first.fields ? null : "") : shape(first.one).start;
  if (value === null) return first.fields && isStart(type) ? fail(`${type.name} begins with fields`) : "";
  if (!isStart(type)) return "";
  return `\n// @ts-ignore: decorator\n@lazy const ${lower(type.name)}Start = ${type.name}.${lower(first.name)}(${value});\n`;
}

/** Whether some struct has a field of this type. */
function isStart(type) {
  const fields = schema.types.flatMap((of) => of.struct ?? of.enum.flatMap((variant) => variant.fields ?? []));
  return fields.some((field) => field.type.kind == "type" && field.type.name == type.name);
}

function fieldShape(fields) {
  return {
    ts: fields.name,
    read: `r.one<${fields.name}>()`,
    write: (v) => `${v}.write(w)`,
    show: (v) => `show${fields.name}(${v})`,
  };
}

function fail(why) {
  throw new Error(why);
}

// The table by which a message is checked. The numbers below 7 are leaves, as in assembly/wire.ts.
const LEAVES = { nothing: 0, bool: 1, u32: 2, i64: 3, text: 4, some_text: 5, bytes: 6 };
const STRUCT = 0, ENUM = 1, LIST = 2, OPTION = 3;
const nodes = [];
const known = new Map();

function idOf(type) {
  return node(JSON.stringify(["type", type.name]), () =>
    type.struct
      ? [STRUCT, type.struct.length, ...type.struct.map((field) => idOfShape(field.type))]
      : [ENUM, type.enum.length, ...type.enum.map((variant) => idOfVariant(type, variant))],
  );
}

function idOfVariant(type, variant) {
  if (variant.fields) return idOf(fieldsOf(type, variant));
  return variant.one ? idOfShape(variant.one) : LEAVES.nothing;
}

function idOfShape(of) {
  switch (of.kind) {
    case "text":
      return of.non_empty ? LEAVES.some_text : LEAVES.text;
    case "type":
      return idOf(types.get(of.name));
    case "option":
      return node(JSON.stringify(of), () => [OPTION, idOfShape(of.of)]);
    case "list":
      return node(JSON.stringify(of), () => [LIST, of.sorted_by, leastOf(of.of), idOfShape(of.of)]);
  }
  return LEAVES[of.kind];
}

function leastOf(of) {
  return of.kind == "type" ? types.get(of.name).least_bytes : 1;
}

function node(key, bytes) {
  if (!known.has(key)) {
    known.set(key, 7 + nodes.length);
    const at = nodes.push(null) - 1;
    nodes[at] = bytes();
  }
  return known.get(key);
}

/** Groups of numbers as the lines of a list. */
function lines(numbers) {
  let out = "";
  let line = "";
  for (const number of numbers) {
    if (line.length + `${number}, `.length > 110) {
      out += `  ${line.trimEnd()}\n`;
      line = "";
    }
    line += `${number}, `;
  }
  return out + `  ${line.trimEnd()}\n`;
}

function messages() {
  let out = HEAD + 'import { NO_BYTES, Reader, Writer } from "./wire";\n';
  for (const type of schema.types) out += "\n" + (type.struct ? structClass(type) : isPlain(type) ? plainEnum(type) : enumClass(type));
  return out;
}

function table() {
  for (const type of schema.types) idOf(type);
  if (nodes.length > 249) throw new Error("a node no longer fits a byte");
  const starts = [];
  let at = 0;
  for (const of of nodes) {
    starts.push(at);
    at += of.length;
  }
  const limit = (name) => schema.limits.find((of) => of.name == name).value;
  return (
    HEAD +
    `export const MAX_MESSAGE_BYTES: u32 = ${limit("message_bytes")};\n` +
    `export const MAX_MESSAGE_ITEMS: u32 = ${limit("message_items")};\n\n` +
    "/** Where the node of each type begins in NODES; the first one has the number 7. */\n" +
    "// @ts-ignore: decorator\n@lazy export const STARTS: usize = memory.data<u16>([\n" + lines(starts) + "]);\n\n" +
    "/** The nodes: 0, the fields. 1, the variants. 2, texts of the key, least bytes of an item, the item. 3, what is optional. */\n" +
    "// @ts-ignore: decorator\n@lazy export const NODES: usize = memory.data<u8>([\n" + lines(nodes.flat()) + "]);\n"
  );
}

function shown() {
  let out = HEAD + "// Messages as JSON, for the tests.\n\n";
  const names = schema.types.flatMap((type) => [type.name, ...variantsOf(type)]);
  out += `import {\n${names.map((name) => `  ${name},\n`).join("")}} from "dorcas-guest/assembly/messages";\n`;
  out += 'import { Reader, Writer } from "dorcas-guest/assembly/wire";\n';
  out += 'import { bytes, list, optionalBytes, text, texts } from "./shown";\n';
  for (const type of schema.types) {
    for (const variant of type.enum ?? []) if (variant.fields) out += showStruct(fieldsOf(type, variant));
    out += type.struct ? showStruct(type) : showEnum(type);
  }
  out += "\nexport function nameOfType(type: u32): string {\n  switch (type) {\n";
  schema.types.forEach((type, index) => (out += `    case ${index}: return "${type.name}";\n`));
  out += '  }\n  return "";\n}\n';
  out += "\nexport function schemaOf(type: u32): u32 {\n  switch (type) {\n";
  schema.types.forEach((type, index) => (out += `    case ${index}: return ${idOf(type)};\n`));
  out += "  }\n  return 0;\n}\n";
  out += "\n/** Reads a message, writes it again, and returns it as JSON. */\nexport function again(type: u32, r: Reader, w: Writer): string {\n  switch (type) {\n";
  schema.types.forEach((type, index) => {
    const of = shape({ kind: "type", name: type.name });
    out += `    case ${index}: {\n      const value = ${of.read};\n      ${of.write("value")};\n      return show${type.name}(value);\n    }\n`;
  });
  return out + '  }\n  return "";\n}\n';
}

function variantsOf(type) {
  if (type.struct || isPlain(type)) return [];
  return [`${type.name}Tag`, ...type.enum.filter((variant) => variant.fields).map((variant) => `${type.name}${variant.name}`)];
}

function showStruct(type) {
  const fields = type.struct.map((field) => `"\\"${field.name}\\":" + (${shape(field.type).show(`value.${fieldName(field.name)}`)})`);
  return `\nfunction show${type.name}(value: ${type.name}): string {\n  return "{" + ${fields.join(' + "," + ')} + "}";\n}\n`;
}

function showEnum(type) {
  const plain = isPlain(type);
  let out = `\nfunction show${type.name}(value: ${type.name}): string {\n  switch (${plain ? "value" : "value.tag"}) {\n`;
  for (const variant of type.enum) {
    out += `    case ${plain ? type.name : `${type.name}Tag`}.${variant.name}: `;
    const of = variant.fields ? fieldShape(fieldsOf(type, variant)) : variant.one && shape(variant.one);
    const got = `value.${lower(variant.name)}`;
    if (!of) out += `return "\\"${variant.name}\\"";\n`;
    else {
      const inner = of.show(["bool", "u32", "i64"].includes(of.ts) ? got : `${got}!`);
      out += `return "{\\"${variant.name}\\":" + (${inner}) + "}";\n`;
    }
  }
  return out + '  }\n  return "";\n}\n';
}

const files = { "../assembly/schema.ts": table(), "../assembly/messages.ts": messages(), "../tests/json.ts": shown() };
let differs = false;
for (const [path, text] of Object.entries(files)) {
  if (process.argv[2] != "--check") writeFileSync(here(path), text);
  else if (readFileSync(here(path), "utf8") != text) {
    console.error(`${path.slice(3)} is not what abi/schema.json gives; run node scripts/messages.mjs`);
    differs = true;
  }
}
process.exitCode = differs ? 1 : 0;
