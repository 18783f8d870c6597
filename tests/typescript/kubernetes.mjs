// Holds objects, as JSON on standard input, one a line, to the schemas of the Prometheus Operator.
import { readFileSync } from "node:fs";
import * as kinds from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1";

const objects = readFileSync(0, "utf8").trim().split("\n").map((line) => JSON.parse(line));
for (const object of objects) {
  try {
    new kinds[object.kind](object).validate();
    console.log(`${object.kind}: valid`);
  } catch (error) {
    console.log(`${object.kind}: ${error.message}`);
    process.exitCode = 1;
  }
}
