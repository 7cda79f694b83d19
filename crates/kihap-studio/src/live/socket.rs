//! The socket itself: messages in, answers out, the work on a thread of its own.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use super::frame::{Desk, Incoming, Next};
use super::modes;
use super::session::Session;
use crate::error::StudioError;
use crate::state::Studio;

/// Largest message in bytes: a camera's picture of 4K as JPEG is below it.
const MESSAGE_LIMIT: usize = 8 << 20;
/// Answers that may wait for a slow page.
const ANSWERS: usize = 4;

pub(crate) async fn connect(State(studio): State<Studio>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.max_message_size(MESSAGE_LIMIT).on_upgrade(move |socket| talk(studio, socket))
}

async fn talk(studio: Studio, socket: WebSocket) {
    let (mut out, mut incoming) = socket.split();
    let (answers, mut answered) = mpsc::channel::<Value>(ANSWERS);
    let desk = Arc::new(Desk::default());
    let mut ending = studio.ending();

    let begun = studio.cameras().run({
        let (desk, studio) = (Arc::clone(&desk), studio.clone());
        move || work(&studio, &desk, &answers)
    });
    let worker = match begun {
        Ok(worker) => worker,
        Err(error) => {
            let _ = out.send(Message::Text(Utf8Bytes::from(failed(&error.into()).to_string()))).await;
            return;
        }
    };
    let writer = tokio::spawn(async move {
        while let Some(answer) = answered.recv().await {
            if out.send(Message::Text(Utf8Bytes::from(answer.to_string()))).await.is_err() {
                break;
            }
        }
        let _ = out.close().await;
    });
    loop {
        let message = tokio::select! {
            message = incoming.next() => message,
            _ = ending.wait_for(|ended| *ended) => break,
        };
        match message {
            Some(Ok(Message::Binary(bytes))) => {
                if let Some(frame) = Incoming::parse(bytes) {
                    desk.put(frame);
                }
            }
            Some(Ok(Message::Text(text))) => {
                // A text that is no JSON becomes a command that no mode knows, and is answered so.
                let command = serde_json::from_str(&text).unwrap_or(Value::Null);
                if !desk.command(command) {
                    break;
                }
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_)) | Err(_)) | None => break,
        }
    }
    desk.close();
    // Both end by themselves: the worker when the desk is closed, the writer when the worker has gone.
    let _ = worker.await;
    let _ = writer.await;
}

fn failed(error: &StudioError) -> Value {
    json!({ "error": error.told() })
}

/// The first command opens the mode; then frames and commands are worked off until the page has gone.
fn work(studio: &Studio, desk: &Desk, answers: &mpsc::Sender<Value>) {
    let mut session: Option<Session> = None;
    loop {
        let answer = match (desk.next(), &mut session) {
            (Next::Closed, _) => break,
            (Next::Command(start), None) => match modes::open(studio, &start).and_then(Session::new) {
                Ok(opened) => {
                    session = Some(opened);
                    json!({ "ready": true })
                }
                Err(error) => {
                    let _ = answers.blocking_send(failed(&error));
                    break;
                }
            },
            // Frames before the mode is known are nobody's.
            (Next::Frame(..), None) => continue,
            (Next::Command(command), Some(session)) => session.command(&command),
            (Next::Frame(frame, skipped), Some(session)) => match session.frame(&frame, skipped) {
                Ok(answer) => answer,
                Err(error) => failed(&error),
            },
        };
        if answers.blocking_send(answer).is_err() {
            break;
        }
    }
    if let Some(session) = &mut session {
        session.end();
    }
}
