// node asyncapi.mjs <folder with node_modules> <document>: what AsyncAPI's own parser says of it.
// The last line counts; exit code 1 when the document is refused or anything of severity "error" is found.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [folder, file] = process.argv.slice(2);
const { Parser } = createRequire(resolve(folder, "here.js"))("@asyncapi/parser");
const { document, diagnostics } = await new Parser().parse(readFileSync(file, "utf8"));
const WORDS = ["error", "warning", "info", "hint"];
const counts = WORDS.map((word, level) => [word, diagnostics.filter((one) => one.severity === level).length]);
for (const one of diagnostics) {
  if (one.severity <= 1) console.log(`${WORDS[one.severity]} ${one.code} at ${one.path.join(".")}: ${one.message}`);
}
const told = counts.map(([word, count]) => `${count} ${word}`).join(", ");
console.log(`${document ? document.operations().all().length : 0} operations; ${told}`);
process.exit(document && counts[0][1] === 0 ? 0 : 1);
