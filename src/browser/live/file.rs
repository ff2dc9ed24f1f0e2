//! Files that a person hands to the page.

use leptos::html::Input;
use leptos::prelude::{GetUntracked, NodeRef};
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;
use web_sys::File;

use crate::browser::{FileContent, PickedFile};

/// Reads the file that was picked in a field, up to `most` bytes, and calls `then`; not at all
/// where none was. The field is empty then, so that the same file can be picked again.
pub fn read_file(input: NodeRef<Input>, most: u64, then: impl FnOnce(PickedFile) + 'static) {
    let Some(field) = input.get_untracked() else {
        return;
    };
    let Some(file) = field.files().and_then(|files| files.get(0)) else {
        return;
    };
    field.set_value("");
    let (name, bytes) = (file.name(), file.size() as u64);
    let picked = move |content| PickedFile {
        name,
        bytes,
        content,
    };
    if bytes > most {
        return then(picked(FileContent::TooLong));
    }
    spawn_local(async move { then(picked(content_of(&file).await)) });
}

async fn content_of(file: &File) -> FileContent {
    match JsFuture::from(file.array_buffer()).await {
        Ok(buffer) => FileContent::Read(js_sys::Uint8Array::new(&buffer).to_vec()),
        Err(why) => {
            let why = js_sys::Object::from(why).to_string();
            FileContent::Unreadable(why.into())
        }
    }
}
