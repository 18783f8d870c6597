//! A context is there while the request is worked on, and nowhere else.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;

fn context() -> RequestContext {
    RequestContext::new(RequestId::of(None), None, None)
}

/// The request that this thread is working on, by its id.
fn current() -> Option<String> {
    RequestContext::current().map(|context| id(&context))
}

fn id(context: &RequestContext) -> String {
    context.request_id().as_str().to_owned()
}

#[test]
fn there_is_none_outside_of_a_request() {
    assert_eq!(current(), None);
    context().run(|| ());
    assert_eq!(current(), None);
}

#[test]
fn the_innermost_of_nested_contexts_is_the_current_one() {
    let (outer, inner) = (context(), context());
    outer.run(|| {
        assert_eq!(current(), Some(id(&outer)));
        inner.run(|| assert_eq!(current(), Some(id(&inner))));
        assert_eq!(current(), Some(id(&outer)));
    });
}

#[test]
fn a_panic_leaves_no_context_behind() {
    let (outer, inner) = (context(), context());
    outer.run(|| {
        let panics = AssertUnwindSafe(|| inner.run(|| panic!("a fault")));
        assert!(catch_unwind(panics).is_err());
        assert_eq!(current(), Some(id(&outer)));
    });
    assert_eq!(current(), None);
}

#[test]
fn who_looks_leaves_it_in_place() {
    let context = context();
    context.run(|| {
        let seen = RequestContext::with_current(|current| current.map(id));
        assert_eq!(seen, Some(id(&context)));
        let panics = AssertUnwindSafe(|| {
            RequestContext::with_current(|_| panic!("a fault of who looks"));
        });
        assert!(catch_unwind(panics).is_err());
        assert_eq!(current(), Some(id(&context)));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attached_task_keeps_it_on_every_thread() {
    let context = context();
    let work = async {
        for _ in 0..100 {
            assert!(current().is_some());
            tokio::task::yield_now().await;
        }
        current()
    };
    let (with, without) = (
        tokio::spawn(context.clone().attach(work)),
        tokio::spawn(async { current() }),
    );
    assert_eq!(with.await.expect("no panic"), Some(id(&context)));
    assert_eq!(without.await.expect("no panic"), None);
    assert_eq!(current(), None);
}

#[tokio::test(flavor = "current_thread")]
async fn tasks_that_take_turns_on_one_thread_keep_their_own() {
    let tasks: Vec<_> = (0..10)
        .map(|_| {
            let context = context();
            let expected = id(&context);
            tokio::spawn(context.attach(async move {
                for _ in 0..20 {
                    assert_eq!(current().as_deref(), Some(expected.as_str()));
                    tokio::task::yield_now().await;
                }
            }))
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
}

#[test]
fn a_thread_that_ends_is_not_disturbed() {
    struct Last;
    impl Drop for Last {
        fn drop(&mut self) {
            // The other value of this thread may be gone already.
            let _ = current();
            context().run(|| ());
        }
    }
    thread_local! { static LAST: Last = const { Last }; }
    let thread = std::thread::spawn(|| {
        LAST.with(|_| ());
        context().run(|| assert!(current().is_some()));
    });
    assert!(thread.join().is_ok());
}

#[test]
fn the_first_word_on_who_it_is_stands() {
    let context = context();
    context.set_agent_id("agent-17");
    context.clone().set_agent_id("agent-18");
    context.set_user_id("user-1");
    assert_eq!(context.agent_id(), Some("agent-17"));
    assert_eq!(context.user_id(), Some("user-1"));
}

#[test]
fn debug_shows_no_more_than_the_request_s_id() {
    let context = context();
    context.set_user_id("user-1");
    assert!(!format!("{context:?}").contains("user-1"));
}
