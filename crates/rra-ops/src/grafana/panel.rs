//! One panel: what it shows, in which unit, and against which thresholds.

use serde_json::{Value, json};

use crate::promql::R;

/// One panel.
#[derive(Clone, Debug)]
pub struct Panel {
    /// The title, unique on its dashboard.
    pub title: &'static str,
    /// What the figures mean and what good ones look like.
    pub description: &'static str,
    /// How it is drawn.
    pub kind: Kind,
    /// The identifier Grafana has for the unit.
    pub unit: &'static str,
    /// The queries.
    pub targets: Vec<Target>,
    /// Value and colour, ascending; below the first everything is green unless `low_is_bad`.
    pub thresholds: Vec<(f64, &'static str)>,
    /// The colour below the first threshold.
    pub base_colour: &'static str,
    /// Columns of 24.
    pub width: u32,
    /// What stands there without data.
    pub no_value: &'static str,
}

/// How a panel is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One figure.
    Stat,
    /// Lines over time.
    Lines,
    /// Areas on top of each other.
    Stack,
    /// A bar for each series, as of now.
    Bars,
    /// A row for each series, as of now.
    Table,
    /// How many observations fell into which bucket.
    Heatmap,
    /// Which state when.
    States,
}

/// One query of a panel.
#[derive(Clone, Debug)]
pub struct Target {
    /// The query.
    pub expression: String,
    /// The name of each series, with labels in `{{}}`.
    pub legend: &'static str,
}

impl Panel {
    pub(super) fn new(
        kind: Kind,
        title: &'static str,
        description: &'static str,
        unit: &'static str,
    ) -> Self {
        Self {
            title,
            description,
            kind,
            unit,
            targets: Vec::new(),
            thresholds: Vec::new(),
            base_colour: "green",
            width: if kind == Kind::Stat { 6 } else { 12 },
            no_value: "no data",
        }
    }

    pub(super) fn query(mut self, expression: impl Into<String>, legend: &'static str) -> Self {
        let expression = expression.into();
        self.targets.push(Target { expression, legend });
        self
    }

    /// Red from `value` on.
    pub(super) fn bad_above(mut self, value: f64) -> Self {
        self.thresholds.push((value, "red"));
        self
    }

    /// Green from `value` on, red below.
    pub(super) fn bad_below(mut self, value: f64) -> Self {
        self.base_colour = "red";
        self.thresholds.push((value, "green"));
        self
    }

    pub(super) fn wide(self, width: u32) -> Self {
        Self { width, ..self }
    }

    /// For panels that are empty on a good day.
    pub(super) fn empty_is_good(self) -> Self {
        let no_value = "none";
        Self { no_value, ..self }
    }

    /// Rows of the grid the panel takes.
    pub(super) fn height(&self) -> u32 {
        if self.kind == Kind::Stat { 4 } else { 8 }
    }

    pub(super) fn render(&self, id: u32, x: u32, y: u32) -> Value {
        json!({
            "id": id,
            "type": self.kind.plugin(),
            "title": self.title,
            "description": self.description,
            "datasource": datasource(),
            "gridPos": {"h": self.height(), "w": self.width, "x": x, "y": y},
            "targets": self.render_targets(),
            "fieldConfig": {"defaults": self.field_defaults(), "overrides": []},
            "options": self.options(),
        })
    }

    fn render_targets(&self) -> Vec<Value> {
        let is_instant = self.is_instant();
        let format = match self.kind {
            Kind::Table => "table",
            Kind::Heatmap => "heatmap",
            _ => "time_series",
        };
        let one = |(target, letter): (&Target, char)| {
            json!({
                "refId": letter.to_string(),
                "datasource": datasource(),
                "expr": target.expression,
                "legendFormat": target.legend,
                "format": format,
                "instant": is_instant,
                "range": !is_instant,
            })
        };
        self.targets.iter().zip('A'..='Z').map(one).collect()
    }

    /// A figure of now would otherwise be the last one of hours ago while the service is away, and one
    /// of a month would be computed anew for every point of a line that nobody sees. A rate of the last
    /// minute is often nothing, so its line stays.
    fn is_instant(&self) -> bool {
        let is_rate = |target: &Target| target.expression.contains(R);
        match self.kind {
            Kind::Stat => !self.targets.iter().any(is_rate),
            kind => matches!(kind, Kind::Bars | Kind::Table),
        }
    }

    fn field_defaults(&self) -> Value {
        let base = json!({"color": self.base_colour, "value": null});
        let steps = self.thresholds.iter();
        let steps = steps.map(|(value, colour)| json!({"color": colour, "value": value}));
        let has_line = !self.thresholds.is_empty();
        let custom = match self.kind {
            Kind::Lines => json!({
                "fillOpacity": 5,
                "thresholdsStyle": {"mode": if has_line { "dashed" } else { "off" }},
            }),
            Kind::Stack => json!({"fillOpacity": 40, "stacking": {"mode": "normal", "group": "A"}}),
            _ => json!({}),
        };
        let by_threshold = matches!(self.kind, Kind::Stat | Kind::Bars | Kind::States);
        let mut defaults = json!({
            "unit": self.unit,
            "noValue": self.no_value,
            "color": {"mode": if by_threshold { "thresholds" } else { "palette-classic" }},
            "thresholds": {
                "mode": "absolute",
                "steps": std::iter::once(base).chain(steps).collect::<Vec<_>>(),
            },
            "custom": custom,
        });
        // A budget that is overdrawn is a share below 0.
        if self.unit != "percentunit" {
            defaults["min"] = json!(0);
        }
        defaults
    }

    fn options(&self) -> Value {
        let last = json!({"calcs": ["lastNotNull"], "fields": "", "values": false});
        match self.kind {
            Kind::Stat => {
                let line = if self.is_instant() { "none" } else { "area" };
                json!({"reduceOptions": last, "graphMode": line, "colorMode": "value"})
            }
            Kind::Bars => {
                json!({"reduceOptions": last, "orientation": "horizontal", "displayMode": "basic"})
            }
            Kind::Lines | Kind::Stack => json!({
                "legend": {
                    "showLegend": true,
                    "displayMode": "table",
                    "placement": "bottom",
                    "calcs": ["mean", "max", "lastNotNull"],
                },
                "tooltip": {"mode": "multi", "sort": "desc"},
            }),
            Kind::Table => json!({"showHeader": true}),
            Kind::Heatmap => json!({"calculate": false, "yAxis": {"unit": self.unit}}),
            Kind::States => json!({"showValue": "never", "mergeValues": true}),
        }
    }
}

impl Kind {
    /// The identifier of Grafana's panel plugin.
    pub const fn plugin(self) -> &'static str {
        match self {
            Self::Stat => "stat",
            Self::Lines | Self::Stack => "timeseries",
            Self::Bars => "bargauge",
            Self::Table => "table",
            Self::Heatmap => "heatmap",
            Self::States => "state-timeline",
        }
    }
}

/// The data source chosen at the top of the dashboard.
pub(super) fn datasource() -> Value {
    json!({"type": "prometheus", "uid": "${datasource}"})
}
