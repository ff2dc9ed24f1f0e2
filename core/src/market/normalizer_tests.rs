//! Which digits widen, which are refused, and that a refusal leaves no trace.

use proptest::prelude::*;

use super::*;
use crate::model::{BookUpkeep, Side, TradeId};

const RECEIVED: UnixNs = UnixNs(7);

fn id() -> InstrumentId {
    "coinbase:SKL-USD".parse().expect("an id")
}

fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).expect("a decimal")
}

fn event(body: VenueBody) -> VenueEvent {
    VenueEvent {
        instrument: id(),
        time: UnixNs(5),
        body,
    }
}

fn trade(price: &str, quantity: &str, history: bool) -> VenueEvent {
    event(VenueBody::Trade {
        id: TradeId(1),
        price: decimal(price),
        quantity: decimal(quantity),
        side: Side::Sell,
        history,
    })
}

fn book(snapshot: bool, bids: &[(&str, &str)]) -> VenueEvent {
    event(VenueBody::Book {
        snapshot,
        bids: bids.iter().map(|(p, q)| (decimal(p), decimal(q))).collect(),
        asks: Vec::new(),
        upkeep: BookUpkeep::default(),
    })
}

fn normalize(
    normalizer: &mut Normalizer,
    event: VenueEvent,
) -> Result<MarketEvent, NormalizeError> {
    let mut out = Vec::new();
    normalizer.normalize(event, RECEIVED, &mut out)?;
    Ok(out.pop().expect("one event"))
}

#[test]
fn learns_from_digits_and_never_narrows() {
    let mut normalizer = Normalizer::new();
    assert_eq!(normalizer.precision(&id()), None);
    for (sent, price, quantity) in [
        (trade("0.7900", "10", false), 2, 0),
        (trade("0.7901", "10.50", false), 4, 1),
        (trade("1", "1", true), 4, 1),
        (book(false, &[("0.8", "0.000"), ("0.81", "0.0010")]), 4, 3),
    ] {
        let event = normalize(&mut normalizer, sent).expect("fits");
        assert_eq!(event.precision, Precision { price, quantity });
        assert_eq!(normalizer.precision(&id()), Some(event.precision));
    }
}

#[test]
fn described_instruments_start_at_the_venues_precision() {
    let mut normalizer = Normalizer::new();
    let fine = Precision {
        price: 4,
        quantity: 1,
    };
    normalizer.describe(&Instrument::undescribed(id(), fine));
    let event = normalize(&mut normalizer, trade("0.79", "10", false)).expect("fits");
    let EventBody::Trade(trade) = event.body else {
        panic!("not a trade");
    };
    assert_eq!(event.precision, fine);
    assert_eq!((trade.price, trade.quantity), (Price(7_900), Quantity(100)));
    assert_eq!((trade.time, trade.received), (UnixNs(5), RECEIVED));
    let coarse = Instrument::undescribed(id(), Precision::default());
    assert_eq!(normalizer.describe(&coarse), fine);
}

#[test]
fn each_body_becomes_its_event() {
    let mut normalizer = Normalizer::new();
    let mut body = |sent| normalize(&mut normalizer, sent).expect("fits").body;
    assert!(matches!(body(trade("1", "1", false)), EventBody::Trade(_)));
    assert!(matches!(
        body(trade("1", "1", true)),
        EventBody::Backfill(_)
    ));
    assert!(matches!(body(book(true, &[])), EventBody::BookSnapshot(_)));
    assert!(matches!(
        body(book(false, &[("1", "0")])),
        EventBody::BookUpdate(_)
    ));
    let ticker = event(VenueBody::Ticker {
        last: None,
        bid: None,
        ask: None,
    });
    let mut out = Vec::new();
    assert_eq!(normalizer.normalize(ticker, RECEIVED, &mut out), Ok(()));
    assert!(out.is_empty());
}

#[test]
fn refuses_what_cannot_be_and_keeps_nothing_of_it() {
    for (sent, part) in [
        (trade("0", "1", false), RefusedPart::Trade),
        (trade("-1.55", "1", false), RefusedPart::Trade),
        (trade("1", "0.00", false), RefusedPart::Trade),
        (trade("1", "-0.5", false), RefusedPart::Trade),
        (
            book(false, &[("1.555", "1"), ("1", "-1")]),
            RefusedPart::Book,
        ),
        (book(true, &[("0", "1")]), RefusedPart::Book),
        (
            book(true, &[("9000000000000000000", "1"), ("0.1", "1")]),
            RefusedPart::Book,
        ),
    ] {
        let mut normalizer = Normalizer::new();
        let error = normalize(&mut normalizer, sent.clone()).expect_err("refused");
        assert_eq!(
            (error.part, &error.instrument),
            (part, &sent.instrument),
            "{error}"
        );
        assert_eq!(normalizer.precision(&id()), None);
    }
}

proptest! {
    #[test]
    fn no_value_is_changed(
        values in prop::collection::vec((1..1_000_000_i64, 0..6_u8, 0..1_000_000_i64, 0..6_u8), 1..20),
    ) {
        let mut normalizer = Normalizer::new();
        for (price, price_scale, quantity, quantity_scale) in values {
            let sent = (
                Decimal { mantissa: price, scale: price_scale },
                Decimal { mantissa: quantity, scale: quantity_scale },
            );
            let event = event(VenueBody::Book { snapshot: false, bids: vec![sent], asks: vec![], upkeep: BookUpkeep::default() });
            let event = normalize(&mut normalizer, event).expect("fits");
            let EventBody::BookUpdate(delta) = event.body else { panic!("not an update") };
            let held = delta.bids[0];
            let price = held.price.to_decimal(event.precision.price);
            let quantity = held.quantity.to_decimal(event.precision.quantity);
            prop_assert_eq!(price.normalized(), sent.0.normalized());
            prop_assert_eq!(quantity.normalized(), sent.1.normalized());
        }
    }

    #[test]
    fn no_numbers_panic(price in any::<(i64, u8)>(), quantity in any::<(i64, u8)>(), first in any::<(i64, u8)>()) {
        let decimal = |(mantissa, scale): (i64, u8)| Decimal { mantissa, scale: scale % 19 };
        let mut normalizer = Normalizer::new();
        for price in [first, price] {
            let sent = (decimal(price), decimal(quantity));
            let event = event(VenueBody::Book { snapshot: true, bids: vec![sent], asks: vec![sent], upkeep: BookUpkeep::default() });
            let _ = normalizer.normalize(event, RECEIVED, &mut Vec::new());
        }
    }
}
