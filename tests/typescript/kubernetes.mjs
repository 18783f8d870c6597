// Holds objects, as JSON on standard input, one a line, to the schemas of Kubernetes and of the
// Prometheus Operator, and each dashboard in a ConfigMap to the file it comes from, in the folder that
// is the argument.
import { deepStrictEqual, strictEqual } from "node:assert";
import { readFileSync, readdirSync } from "node:fs";
import * as operator from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";
import * as core from "kubernetes-models/v1";

const folder = process.argv[2];
const kinds = { ...operator, ConfigMap: core.ConfigMap };
const missing = new Set(readdirSync(folder));

function compare(name, text) {
  missing.delete(name);
  deepStrictEqual(JSON.parse(text), JSON.parse(readFileSync(`${folder}/${name}`, "utf8")), name);
}

const objects = readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
for (const object of objects) {
  const of = `${object.kind} ${object.metadata.name}`;
  try {
    new kinds[object.kind](object).validate();
    if (object.kind === "ConfigMap") {
      strictEqual(object.metadata.labels.grafana_dashboard, "1", "the sidecar does not see it");
      for (const [name, text] of Object.entries(object.data)) compare(name, text);
    }
    console.log(`${of}: valid`);
  } catch (error) {
    console.log(`${of}: ${error.message}`);
    process.exitCode = 1;
  }
}
if (missing.size > 0) {
  console.log(`no ConfigMap has ${[...missing].join(", ")}`);
  process.exitCode = 1;
}
