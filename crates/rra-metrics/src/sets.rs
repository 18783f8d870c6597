//! The sets of values that labels take, and the place of a value in its set.
//!
//! A metric is a table with one dimension per set, so a value's place is all a series needs.

mod agents;
mod glance;
mod hash;
mod routes;
mod words;

pub use agents::Agent;
pub(crate) use agents::Agents;
pub(crate) use hash::WordMap;
pub(crate) use routes::Routes;
pub use routes::{Endpoint, RouteId};
pub(crate) use words::Words;

use std::sync::Arc;

use metrics::Label;
use rra_schema::metrics::{Domain, LabelSpec, OTHER, labels};

use crate::config::MetricsConfig;
use crate::error::Error;

/// The registered sets of one service.
#[derive(Debug)]
pub(crate) struct Sets {
    pub(crate) routes: Arc<Routes>,
    pub(crate) agents: Arc<Agents>,
    pub(crate) event_types: Arc<Words>,
    registered: Vec<(&'static str, Arc<Words>)>,
}

impl Sets {
    /// The sets a configuration describes.
    ///
    /// # Errors
    /// [`Error::TooManyValues`] when more values are given than a label takes.
    pub(crate) fn new(config: &MetricsConfig) -> Result<Self, Error> {
        let in_files = config
            .certificate_files
            .iter()
            .map(|file| file.name.clone());
        let certificates: Vec<String> = config
            .certificates
            .iter()
            .cloned()
            .chain(in_files)
            .collect();
        let registered = [
            (&labels::CHAIN, &config.chains),
            (&labels::TOKEN, &config.tokens),
            (&labels::LICENSE_TYPE, &config.license_types),
            (&labels::OPERATION, &config.operations),
            (&labels::SINK, &config.sinks),
            (&labels::CERTIFICATE, &certificates),
            (&labels::WALLET, &config.wallets),
        ];
        let registered = registered
            .into_iter()
            .map(|(label, given)| Ok((label.name, Arc::new(Words::registered(label, given)?))))
            .collect::<Result<_, Error>>()?;
        Ok(Self {
            routes: Arc::new(Routes::new(&config.routes)?),
            agents: Arc::new(Agents::new()),
            event_types: Arc::new(Words::event_types()),
            registered,
        })
    }

    /// The registered values of a label.
    pub(crate) fn registered(&self, label: &LabelSpec) -> Arc<Words> {
        self.registered
            .iter()
            .find(|(name, _)| *name == label.name)
            .map_or_else(|| Arc::new(Words::empty()), |(_, words)| Arc::clone(words))
    }

    /// The dimensions of a metric with these labels.
    pub(crate) fn axes(&self, labels: &'static [LabelSpec]) -> Vec<Axis> {
        if let [method, endpoint, rest @ ..] = labels
            && endpoint.name == labels::ENDPOINT.name
        {
            let routes = Axis::Routes {
                labels: [method.name, endpoint.name],
                routes: Arc::clone(&self.routes),
            };
            return std::iter::once(routes)
                .chain(rest.iter().map(|label| self.axis(label)))
                .collect();
        }
        labels.iter().map(|label| self.axis(label)).collect()
    }

    fn axis(&self, label: &'static LabelSpec) -> Axis {
        let words = match label.domain {
            Domain::Dynamic { max_values, .. } => {
                let agents = Arc::clone(&self.agents);
                return Axis::Agents {
                    label: label.name,
                    agents,
                    max_values,
                };
            }
            Domain::Closed(list) => Arc::new(Words::closed(list)),
            Domain::EventType => Arc::clone(&self.event_types),
            _ => self.registered(label),
        };
        Axis::Words {
            label: label.name,
            words,
        }
    }
}

/// One dimension of a metric.
#[derive(Clone, Debug)]
pub(crate) enum Axis {
    /// Words fixed when the service starts.
    Words {
        label: &'static str,
        words: Arc<Words>,
    },
    /// Method and endpoint together: only pairs that are routes have a place.
    Routes {
        labels: [&'static str; 2],
        routes: Arc<Routes>,
    },
    /// Agents admitted while the service runs.
    Agents {
        label: &'static str,
        agents: Arc<Agents>,
        max_values: usize,
    },
}

impl Axis {
    /// How many places the dimension has.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Words { words, .. } => words.len(),
            Self::Routes { routes, .. } => routes.len(),
            Self::Agents { max_values, .. } => Agents::RESERVED + max_values,
        }
    }

    /// The place of values without a place of their own.
    pub(crate) fn other(&self) -> Option<usize> {
        match self {
            Self::Words { words, .. } => words.place(OTHER),
            Self::Routes { .. } => Some(Routes::OTHER),
            Self::Agents { .. } => Some(Agent::OTHER.place()),
        }
    }

    /// The places that stand for values without a place of their own.
    pub(crate) fn others(&self) -> std::ops::Range<usize> {
        match self {
            Self::Routes { .. } => Routes::OTHERS,
            _ => self.other().map_or(0..0, |other| other..other + 1),
        }
    }

    /// The label that loses its value at [`Axis::other`].
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Words { label, .. } | Self::Agents { label, .. } => label,
            Self::Routes { labels, .. } => labels[1],
        }
    }

    /// Appends what a series at `place` is labelled with.
    pub(crate) fn push_labels(&self, place: usize, labels: &mut Vec<Label>) {
        match self {
            Self::Words { label, words } => labels.push(Label::new(*label, words.text(place))),
            Self::Routes {
                labels: [method, endpoint],
                routes,
            } => {
                let (method_text, endpoint_text) = routes.texts(place);
                labels.push(Label::new(*method, method_text));
                labels.push(Label::new(*endpoint, endpoint_text));
            }
            Self::Agents { label, agents, .. } => {
                labels.push(Label::new(*label, agents.text(place)));
            }
        }
    }

    /// The places that exist from the start.
    pub(crate) fn initial(&self, with_reserved: bool) -> Vec<usize> {
        match self {
            Self::Words { words, .. } => words.initial(with_reserved).collect(),
            Self::Routes { routes, .. } => routes.declared().collect(),
            Self::Agents { .. } => (0..Agents::RESERVED).filter(|_| with_reserved).collect(),
        }
    }

    /// The place of a value, if it has one.
    pub(crate) fn place(&self, value: &str) -> Option<usize> {
        match self {
            Self::Words { words, .. } => words.place(value),
            Self::Routes { .. } => None,
            Self::Agents { .. } => Agents::reserved(value),
        }
    }
}
