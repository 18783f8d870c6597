//! The rendered files against what is committed and against the programs that read them.

mod alertmanager;
mod amtool;
mod committed;
mod elastic;
mod grafana;
mod inhibition;
mod integrations;
mod isolated;
mod logs;
mod mutations;
mod promtool;
mod recordings;
mod repeats;
mod runbooks;
mod shippers;
mod templates;
