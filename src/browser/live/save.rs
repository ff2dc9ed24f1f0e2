//! Files that the page hands to the reader.

use leptos::html::Canvas;
use leptos::prelude::{GetUntracked, NodeRef};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement};

/// Saves a table of values under a name.
pub fn save_csv(name: &str, text: &str) {
    let encoded = String::from(js_sys::encode_uri_component(text));
    save(name, &format!("data:text/csv;charset=utf-8,{encoded}"));
}

/// Saves a document under a name.
pub fn save_json(name: &str, text: &str) {
    let encoded = String::from(js_sys::encode_uri_component(text));
    save(
        name,
        &format!("data:application/json;charset=utf-8,{encoded}"),
    );
}

/// Saves canvases that lie above each other as one picture on a ground of one colour, with texts
/// at places in device pixels, in a colour and a size.
pub fn save_png(
    name: &str,
    layers: &[NodeRef<Canvas>],
    ground: &str,
    captions: &[(String, (f64, f64))],
    (ink, font_px): (&str, f64),
) {
    let Some(url) = picture(layers, ground, captions, ink, font_px) else {
        leptos::logging::warn!("failed to draw the picture");
        return;
    };
    save(name, &url);
}

fn picture(
    layers: &[NodeRef<Canvas>],
    ground: &str,
    captions: &[(String, (f64, f64))],
    ink: &str,
    font_px: f64,
) -> Option<String> {
    let layers: Vec<HtmlCanvasElement> = layers
        .iter()
        .filter_map(GetUntracked::get_untracked)
        .collect();
    let first = layers.first()?;
    let document = web_sys::window()?.document()?;
    let canvas = document.create_element("canvas").ok()?;
    let canvas: HtmlCanvasElement = canvas.dyn_into().ok()?;
    canvas.set_width(first.width());
    canvas.set_height(first.height());
    let context = canvas.get_context("2d").ok()??;
    let context: CanvasRenderingContext2d = context.dyn_into().ok()?;
    context.set_fill_style_str(ground);
    context.fill_rect(0.0, 0.0, first.width().into(), first.height().into());
    for layer in &layers {
        context
            .draw_image_with_html_canvas_element(layer, 0.0, 0.0)
            .ok()?;
    }
    context.set_fill_style_str(ink);
    context.set_text_baseline("top");
    context.set_font(&format!("{font_px}px {}", super::canvas::FAMILY));
    for (text, (x, y)) in captions {
        context.fill_text(text, *x, *y).ok()?;
    }
    canvas.to_data_url().ok()
}

fn save(name: &str, url: &str) {
    let anchor = web_sys::window()
        .and_then(|window| window.document()?.create_element("a").ok())
        .and_then(|element| element.dyn_into::<HtmlElement>().ok());
    if let Some(anchor) = anchor {
        // Fails only for names that no attribute can have.
        let _ = anchor.set_attribute("href", url);
        let _ = anchor.set_attribute("download", name);
        anchor.click();
    }
}
