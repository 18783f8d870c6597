// Holds the queries of a dashboard for Loki to Grafana's own grammar of LogQL, which mends what it
// reads and marks where: so a query is good when nothing was mended. Each must also be refused with
// one sign less, or the grammar would take anything.
import { readFileSync } from "node:fs";
import { parser } from "@grafana/lezer-logql";

const dashboard = JSON.parse(readFileSync(process.argv[2], "utf8"));
const queries = dashboard.panels.flatMap((panel) =>
  panel.targets.map((target) => ({ title: panel.title, text: target.expr.replaceAll("$__auto", "5m") })),
);

function faults(text) {
  const found = [];
  parser.parse(text).iterate({
    enter: (node) => {
      if (node.type.isError) found.push(`${text.slice(0, node.from)}<here>${text.slice(node.from)}`);
    },
  });
  return found;
}

let wrong = queries.length === 0 ? ["there are no queries"] : [];
for (const { title, text } of queries) {
  wrong.push(...faults(text).map((fault) => `${title}: ${fault}`));
  for (const sign of ["{", "}", "(", ")", "[", "]", '"', "|"]) {
    const at = text.indexOf(sign);
    if (at < 0) continue;
    const less = text.slice(0, at) + text.slice(at + 1);
    if (faults(less).length === 0) wrong.push(`${title}: taken without ${sign}: ${less}`);
  }
}
console.log(wrong.length === 0 ? `${queries.length} LogQL queries: valid` : wrong.join("\n"));
process.exitCode = wrong.length === 0 ? 0 : 1;
