// A dashboard as JSON may write it. Grafana's types have enums where JSON has words, and leave the
// options of a panel open where each kind of panel has its own.
import type { Dashboard, DataQuery, FieldConfigSource, Panel, RowPanel, VariableModel } from "@grafana/schema";
import type { Options as BarGauge } from "@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen";
import type { Options as Heatmap } from "@grafana/schema/dist/esm/raw/composable/heatmap/panelcfg/x/HeatmapPanelCfg_types.gen";
import type { Options as Logs } from "@grafana/schema/dist/esm/raw/composable/logs/panelcfg/x/LogsPanelCfg_types.gen";
import type { Options as Stat } from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type {
  FieldConfig as StateTimelineField,
  Options as StateTimeline,
} from "@grafana/schema/dist/esm/raw/composable/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen";
import type { Options as Table } from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type {
  FieldConfig as TimeSeriesField,
  Options as TimeSeries,
} from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

// Enums as their words, all the way down. What a default fills in may be left out.
type Json<T> = T extends string
  ? `${T}`
  : T extends number | boolean | null | undefined
    ? T
    : T extends Array<infer Item>
      ? Array<Json<Item>>
      : { [Key in keyof T]: Json<T[Key]> };

type Deep<T> = T extends Array<infer Item> ? Array<Deep<Item>> : T extends object ? { [Key in keyof T]?: Deep<T[Key]> } : T;

type Source = { type: "prometheus" | "loki" | "elasticsearch"; uid: string };

// The query of the Prometheus data source is not part of the package; these are its fields.
type Prometheus = DataQuery & {
  expr: string;
  legendFormat: string;
  format: "time_series" | "table" | "heatmap";
  instant: boolean;
  range: boolean;
};
type Loki = DataQuery & { expr: string; queryType: "range" | "instant" };
type Elasticsearch = DataQuery & {
  query: string;
  timeField: string;
  metrics: Array<{ id: string; type: "count" | "logs"; settings?: { limit: string } }>;
  bucketAggs: Array<{ id: string; type: "terms"; field: string; settings: { size: string; order: "desc"; orderBy: string } }>;
};

type Of<Type extends string, Options, Field = Record<string, never>, Query = Prometheus> = Omit<
  Panel,
  "type" | "options" | "fieldConfig" | "targets" | "datasource"
> & {
  type: Type;
  datasource: Source;
  options: Deep<Options>;
  fieldConfig: Omit<FieldConfigSource<Deep<Field>>, "defaults"> & {
    defaults: Omit<FieldConfigSource["defaults"], "custom"> & { custom: Deep<Field> };
  };
  targets: Query[];
};

type AnyPanel =
  | Of<"timeseries", TimeSeries, TimeSeriesField>
  | Of<"stat", Stat>
  | Of<"bargauge", BarGauge>
  | Of<"table", Table>
  | Of<"table", Table, Record<string, never>, Loki>
  | Of<"table", Table, Record<string, never>, Elasticsearch>
  | Of<"logs", Logs, Record<string, never>, Loki>
  | Of<"logs", Logs, Record<string, never>, Elasticsearch>
  | Of<"heatmap", Heatmap>
  | Of<"state-timeline", StateTimeline, StateTimelineField>;

type Annotation = {
  name: string;
  enable: boolean;
  iconColor: string;
  datasource: Source;
  expr: string;
  titleFormat: string;
  textFormat: string;
};

export type Classic = Json<
  Omit<Dashboard, "panels" | "annotations" | "templating"> & {
    panels: Array<AnyPanel | RowPanel>;
    annotations: { list: Annotation[] };
    templating: { list: Array<VariableModel & { definition?: string }> };
  }
>;
