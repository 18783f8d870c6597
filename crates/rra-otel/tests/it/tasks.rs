//! Traces in async code: tasks that move between threads and interleave keep their own.

use tokio::task;
use tracing::{Instrument, dispatcher, info_span};
use tracing_subscriber::layer::SubscriberExt;

use rra_otel::{OtelGuard, current_trace};

use crate::{PATIENCE, config};

const REQUESTS: u64 = 500;

fn trace() -> [u8; 16] {
    current_trace().expect("ids inside of a request").0
}

/// A request with a step inside and a job on the side; all of it is one trace.
async fn request() {
    let own = trace();
    for _ in 0..3 {
        async {
            task::yield_now().await;
            assert_eq!(trace(), own);
        }
        .instrument(info_span!("step"))
        .await;
        assert_eq!(trace(), own);
    }
    let job = async move {
        task::yield_now().await;
        assert_eq!(trace(), own);
    };
    task::spawn(job.instrument(info_span!("job")))
        .await
        .expect("the job keeps its trace");
    assert_eq!(trace(), own);
}

/// Runs many requests at once on two workers; gives how many spans they made.
fn run(ratio: f64, is_alone: bool) -> u64 {
    let mut config = config("http://127.0.0.1:9");
    config.sampling_ratio = ratio;
    config.batch.max_queue_spans = 10_000;
    let guard = OtelGuard::start(&config).expect("a guard");
    let dispatch = if is_alone {
        tracing::Dispatch::new(guard.subscriber())
    } else {
        tracing::Dispatch::new(tracing_subscriber::registry().with(guard.layer()))
    };
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    // For as long as a worker lives: the registry lets go of a span only under its own subscriber.
    runtime.on_thread_start(move || std::mem::forget(dispatcher::set_default(&dispatch)));
    let runtime = runtime.worker_threads(2).build().expect("a runtime");
    runtime.block_on(async {
        let spawn = |_| task::spawn(async { request().instrument(info_span!("request")).await });
        for task in (0..REQUESTS).map(spawn).collect::<Vec<_>>() {
            task.await.expect("the request keeps its trace");
        }
        assert_eq!(current_trace(), None);
    });
    drop(runtime);
    guard.shutdown(PATIENCE).ended
}

/// Every request makes five spans or none.
#[track_caller]
fn check(ratio: f64, judge: impl Fn(u64) -> bool) {
    for is_alone in [true, false] {
        let spans = run(ratio, is_alone);
        assert!(
            spans.is_multiple_of(5) && judge(spans / 5),
            "{spans} spans, alone: {is_alone}"
        );
    }
}

#[test]
fn every_task_of_a_kept_trace_keeps_it() {
    check(1.0, |requests| requests == REQUESTS);
}

#[test]
fn every_task_of_a_trace_that_is_not_kept_keeps_it_too() {
    check(0.0, |requests| requests == 0);
}

#[test]
fn kept_and_other_traces_do_not_mix() {
    // Five standard deviations.
    check(0.5, |requests| (194..306).contains(&requests));
}
