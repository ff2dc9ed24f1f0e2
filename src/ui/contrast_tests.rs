//! What is read can be read: contrast of the style sheet's tokens by the arithmetic of WCAG 2.2
//! (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>), in both themes, for every pair of colours.

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../../style/tailwind.css");
/// Of text, at level AA.
const LEAST: f64 = 4.5;
/// The strongest tint of a row or bar with text on it.
const TINT: f64 = 0.2;

/// Of which pairs for up and down are made.
const COLOURS: [&str; 4] = ["green", "red", "blue", "orange"];

type Colour = [f64; 3];

/// The colours of the first block that begins with a selector.
fn tokens(selector: &str) -> BTreeMap<&'static str, Colour> {
    let (_, block) = STYLE.split_once(selector).expect("the selector");
    let (block, _) = block.split_once('}').expect("its end");
    let tokens = block.lines().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("--")?.split_once(": #")?;
        let digits = u32::from_str_radix(value.trim_end_matches(';'), 16).ok()?;
        let channel = |shift: u32| f64::from((digits >> shift) & 0xff) / 255.0;
        Some((name, [channel(16), channel(8), channel(0)]))
    });
    tokens.collect()
}

fn luminance(colour: Colour) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        if channel <= 0.04045 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn over(top: Colour, ground: Colour, opacity: f64) -> Colour {
    std::array::from_fn(|at| top[at] * opacity + ground[at] * (1.0 - opacity))
}

#[test]
fn text_can_be_read_in_both_themes() {
    for selector in [":root {", ":root[data-theme=\"light\"] {"] {
        let tokens = tokens(selector);
        let of = |name: &str| tokens[name];
        let check = |text: &str, on: &str, ground: Colour| {
            let found = contrast(of(text), ground);
            assert!(found >= LEAST, "{selector} {text} on {on}: {found:.2}");
        };
        let texts = [
            "text-1",
            "text-2",
            "green-text",
            "red-text",
            "blue-text",
            "orange-text",
            "accent-text",
            "warning-text",
        ];
        for text in texts {
            for ground in ["ground", "panel", "raised", "hover"] {
                check(text, ground, of(ground));
            }
        }
        for tint in COLOURS {
            let ground = over(of(tint), of("panel"), TINT);
            for text in ["text-1", "text-2", &format!("{tint}-text")] {
                check(text, &format!("a tint of {tint}"), ground);
            }
        }
        // A pressed button, also under the pointer.
        for ground in ["panel", "hover"] {
            let pressed = over(of("accent"), of(ground), TINT);
            check("accent-text", "what is pressed", pressed);
        }
        let colours = COLOURS.map(|colour| format!("{colour}-text"));
        let grounds = colours.iter().map(String::as_str);
        for ground in grounds.chain(["warning", "accent"]) {
            check("on-accent", ground, of(ground));
        }
    }
}

#[test]
fn the_system_may_choose_the_same_light_theme() {
    let chosen = tokens(":root[data-theme=\"light\"] {");
    assert_eq!(chosen, tokens(":root[data-theme=\"auto\"] {"));
}

/// What a token stands for beneath a choice of colours: the name of another token.
fn named<'a>(block: &'a str, token: &str) -> &'a str {
    let (_, rest) = block
        .split_once(&format!("--{token}: var(--"))
        .expect("the token");
    rest.split_once(')').expect("its end").0
}

#[test]
fn every_pair_is_two_colours_and_its_texts_are_theirs() {
    let pairs = [
        (":root {\n  --up: ", "green", "red"),
        (":root[data-colours=\"red-green\"] {", "red", "green"),
        (":root[data-colours=\"blue-orange\"] {", "blue", "orange"),
    ];
    for (selector, up, down) in pairs {
        let start = STYLE.find(selector).expect("the selector");
        let (block, _) = STYLE[start..].split_once('}').expect("its end");
        assert_eq!([named(block, "up"), named(block, "down")], [up, down]);
        let texts = [named(block, "up-text"), named(block, "down-text")];
        assert_eq!(texts, [format!("{up}-text"), format!("{down}-text")]);
    }
}
