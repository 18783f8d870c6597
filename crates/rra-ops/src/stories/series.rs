//! One series, told as its course: a start, then stretches in which it rises, jumps or is away.

use std::fmt::Write;

use rra_schema::metrics::MetricSpec;

/// A series as a list of stretches.
#[derive(Clone, Debug)]
pub struct Series {
    name: String,
    labels: String,
    stretches: Vec<Stretch>,
}

#[derive(Clone, Copy, Debug)]
enum Stretch {
    /// `count` samples, the first of them `from`, each `step` above the one before.
    Samples { from: f64, step: f64, count: u32 },
    /// A scrape that failed: the series ends there.
    Failed,
    /// No samples.
    Away { count: u32 },
}

impl Series {
    /// A series of a metric of instance `a`, unless the labels name another.
    pub(super) fn of(metric: &MetricSpec, labels: &str) -> Self {
        Self::named(metric.name, labels)
    }

    /// A part of a histogram, or a recorded series.
    pub(super) fn named(name: &str, labels: &str) -> Self {
        let is_recorded = name.contains(':');
        let mut all = vec!["job=\"rra-module\""];
        if !labels.contains("environment=") {
            all.push("environment=\"production\"");
        }
        if !is_recorded && !labels.contains("instance=") {
            all.push("instance=\"a\"");
        }
        let labels = labels.replace('\'', "\"");
        all.extend((!labels.is_empty()).then_some(labels.as_str()));
        Self {
            name: name.to_owned(),
            labels: all.join(","),
            stretches: Vec::new(),
        }
    }

    /// Whether the scrapes of an instance work.
    pub(super) fn up(instance: &str) -> Self {
        Self::named("up", &format!("instance='{instance}'"))
    }

    /// The first sample.
    pub(super) fn at(self, value: f64) -> Self {
        self.to(value, 1)
    }

    /// `count` samples of this value.
    pub(super) fn to(mut self, value: f64, count: u32) -> Self {
        self.stretches.push(Stretch::Samples {
            from: value,
            step: 0.0,
            count,
        });
        self
    }

    /// `count` samples, each `step` above the one before.
    pub(super) fn rise(mut self, step: f64, count: u32) -> Self {
        let from = self.last_value() + step;
        self.stretches.push(Stretch::Samples { from, step, count });
        self
    }

    /// `count` samples of the last value.
    pub(super) fn flat(self, count: u32) -> Self {
        self.rise(0.0, count)
    }

    /// `count` steps without a sample, before the series begins.
    pub(super) fn not_yet(mut self, count: u32) -> Self {
        self.stretches.push(Stretch::Away { count });
        self
    }

    /// The series ends and is away for `count` steps.
    pub(super) fn gone(mut self, count: u32) -> Self {
        self.stretches.push(Stretch::Failed);
        let count = count - 1;
        self.stretches.push(Stretch::Away { count });
        self
    }

    /// The step of the last sample.
    pub(super) fn last_step(&self) -> u32 {
        let steps: u32 = self.stretches.iter().map(Stretch::len).sum();
        steps.saturating_sub(1)
    }

    /// The same series when the scrape of this step fails: `up` is 0, others are not there.
    pub(super) fn failed_scrape_at(&self, step: u32) -> Self {
        let failed = if self.name == "up" {
            Stretch::Samples {
                from: 0.0,
                step: 0.0,
                count: 1,
            }
        } else {
            Stretch::Failed
        };
        let mut stretches = Vec::new();
        let mut start = 0;
        for stretch in &self.stretches {
            let offset = step
                .checked_sub(start)
                .filter(|&offset| offset < stretch.len());
            match (offset, stretch) {
                (Some(offset), &Stretch::Samples { from, step, count }) => {
                    stretches.extend(split(from, step, count, offset, failed));
                }
                _ => stretches.push(*stretch),
            }
            start += stretch.len();
        }
        Self {
            stretches,
            ..self.clone()
        }
    }

    /// The same series with nothing ever happening.
    pub(super) fn all_zero(&self) -> Self {
        let count = self.last_step().min(100) + 1;
        Self {
            stretches: Vec::new(),
            ..self.clone()
        }
        .to(0.0, count)
    }

    /// The metric or the recorded series.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The series as `promtool` names it.
    pub(crate) fn selector(&self) -> String {
        format!("{}{{{}}}", self.name, self.labels)
    }

    /// The samples in `promtool`'s notation.
    pub(crate) fn values(&self) -> String {
        let words: Vec<String> = self
            .stretches
            .iter()
            .filter_map(Stretch::notation)
            .collect();
        words.join(" ")
    }

    fn last_value(&self) -> f64 {
        let last = self
            .stretches
            .iter()
            .rev()
            .find_map(|stretch| match stretch {
                &Stretch::Samples { from, step, count } => Some(climbed(from, step, count - 1)),
                Stretch::Failed | Stretch::Away { .. } => None,
            });
        last.unwrap_or(0.0)
    }
}

impl Stretch {
    fn len(&self) -> u32 {
        match self {
            Self::Samples { count, .. } | Self::Away { count } => *count,
            Self::Failed => 1,
        }
    }

    /// `a+bxn` is n + 1 samples for `promtool`, `_xn` is n.
    fn notation(&self) -> Option<String> {
        match *self {
            Self::Samples { count: 0, .. } | Self::Away { count: 0 } => None,
            Self::Samples { from, count: 1, .. } => Some(format!("{from}")),
            Self::Samples { from, step, count } => {
                let mut text = format!("{from}");
                if step != 0.0 {
                    write!(text, "{step:+}").expect("a String takes every write");
                }
                Some(format!("{text}x{}", count - 1))
            }
            Self::Failed => Some("stale".to_owned()),
            Self::Away { count } => Some(format!("_x{count}")),
        }
    }
}

/// The value after so many steps, summed up as `promtool` does: a value that differs in its last bit
/// would look like a counter that was reset.
fn climbed(from: f64, step: f64, steps: u32) -> f64 {
    (0..steps).fold(from, |value, _| value + step)
}

fn split(from: f64, step: f64, count: u32, offset: u32, hole: Stretch) -> [Stretch; 3] {
    let before = Stretch::Samples {
        from,
        step,
        count: offset,
    };
    let after = Stretch::Samples {
        from: climbed(from, step, offset + 1),
        step,
        count: count - offset - 1,
    };
    [before, hole, after]
}

#[cfg(test)]
mod tests {
    use super::Series;

    fn rising() -> Series {
        Series::up("a").at(0.0).flat(2).rise(1.5, 3)
    }

    #[test]
    fn a_course_is_written_in_stretches() {
        assert_eq!(rising().values(), "0 0x1 1.5+1.5x2");
        assert_eq!(rising().last_step(), 5);
    }

    #[test]
    fn a_failed_scrape_keeps_the_course() {
        assert_eq!(rising().failed_scrape_at(4).values(), "0 0x1 1.5 0 4.5");
    }

    #[test]
    fn a_series_that_ends_is_marked() {
        assert_eq!(
            Series::up("a").at(1.0).gone(3).to(1.0, 2).values(),
            "1 stale _x2 1x1"
        );
    }
}
