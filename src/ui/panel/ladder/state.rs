//! What the ladder holds between two frames.

use leptos::html::Span;
use leptos::prelude::{GetUntracked, Memo, NodeRef, RwSignal, Set};
use tradesuite_core::chart::{
    Group, LadderAction, LadderAxis, SizeUnit, Traded, TradedAtPrice, WidthScale, format,
    group_levels, group_price,
};
use tradesuite_core::model::{InstrumentId, Price, Side, UnixMs};
use tradesuite_core::protocol::{Body, Data};

use super::facts::facts;
use super::gesture::Hand;
use super::paint;
use crate::browser;
use crate::ui::panel::live_book::LiveBook;
use crate::ui::panel::{Frame, Grouping, Note, Painted};
use crate::ui::pulse::{Beat, LastTrade};
use crate::ui::widget::Readout;
use crate::ui::workspace::Zone;

/// How a person has set the panel, and what the panel asks for because of it.
#[derive(Clone, Copy, Debug)]
pub struct Choices {
    /// Ticks a row.
    pub grouping: Grouping,
    /// Unit of sizes.
    pub unit: Memo<SizeUnit>,
    /// Zone of the time since when is counted.
    pub zone: Memo<Zone>,
    /// Levels a side that are asked for.
    pub levels: RwSignal<u16>,
    /// Whether a person has scrolled away from the last price.
    pub is_scrolled: RwSignal<bool>,
}

/// One row of the ladder.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LadderRow {
    /// `price / step`.
    pub number: i64,
    /// What is bid there.
    pub bid: Option<Group>,
    /// What is offered there.
    pub ask: Option<Group>,
    /// What was traded there.
    pub traded: Traded,
    /// Whether it lies beyond the levels that are known.
    pub is_beyond: bool,
}

/// Book, trades and axis.
pub struct LadderState {
    /// As the socket tells it.
    pub book: LiveBook,
    /// The last trade.
    pub last: Option<LastTrade>,
    /// Which prices are in view.
    pub axis: LadderAxis,
    /// From the top down.
    pub rows: Vec<LadderRow>,
    /// What fills a bar of the book.
    pub scale: WidthScale,
    /// Base units that fill a bar of the trades, counts.
    pub traded_full: f64,
    /// Where the pointer is.
    pub hand: Hand,
    /// Counts a row.
    pub step: i64,
    /// Quote and base currency.
    pub units: (String, String),
    /// How the panel is set.
    pub choices: Choices,
    traded: TradedAtPrice,
    traded_rows: Vec<Traded>,
    sides: [Vec<Group>; 2],
    /// What the rows' book was laid out from: its version, step, uppermost row, and rows.
    laid_out: Option<(u64, i64, i64, usize)>,
    since: Readout,
}

impl LadderState {
    /// Nothing known yet.
    #[must_use]
    pub fn new(instrument: &InstrumentId, choices: Choices, since: NodeRef<Span>) -> Self {
        Self {
            book: LiveBook::default(),
            last: None,
            axis: LadderAxis::default(),
            rows: Vec::new(),
            scale: WidthScale::default(),
            traded_full: 0.0,
            hand: Hand::default(),
            step: 1,
            units: (instrument.quote().to_owned(), instrument.base().to_owned()),
            choices,
            traded: TradedAtPrice::default(),
            traded_rows: Vec::new(),
            sides: <[Vec<Group>; 2]>::default(),
            laid_out: None,
            since: Readout::new(since),
        }
    }

    /// Takes what a beat brings.
    pub fn take_trades(&mut self, beat: &Beat) {
        for message in beat.messages {
            match &message.body {
                Body::Snapshot(Data::Trades(data)) => {
                    self.traded.take_snapshot(&data.trades, data.precision);
                }
                Body::Update(Data::Trades(data)) => self.traded.take(&data.trades, data.precision),
                _ => {}
            }
        }
        self.last = beat.last;
    }

    /// Counts what is traded from now on.
    pub fn reset_traded(&mut self) {
        self.traded.reset();
        self.traded_full = 0.0;
    }

    /// A pointer comes in: from now on rows keep their prices.
    pub fn enter(&mut self, y: f64) {
        self.axis.point(true);
        self.hand.move_to(y, paint::ROW);
    }

    /// The pointer leaves.
    pub fn leave(&mut self) {
        self.axis.point(false);
        self.hand.leave();
    }

    /// The pointer comes down.
    pub fn press(&mut self, y: f64) {
        self.axis.point(true);
        self.hand.press(y);
    }

    /// The pointer moves.
    pub fn move_to(&mut self, y: f64) {
        let rows = self.hand.move_to(y, paint::ROW);
        if rows != 0 {
            self.axis.scroll(rows);
        }
    }

    /// The pointer is lifted.
    pub fn lift(&mut self) {
        self.hand.lift();
    }

    /// The wheel turns.
    pub fn wheel(&mut self, delta: f64, mode: u32) {
        let rows = self.hand.wheel(delta, mode, self.axis.rows());
        if rows != 0 {
            self.axis.scroll(rows);
        }
    }

    /// Does what a key or a button says.
    pub fn act(&mut self, action: LadderAction) {
        match action {
            LadderAction::Rows(rows) => self.axis.scroll(rows),
            LadderAction::Screen(screens) => {
                let most = (self.axis.rows() as i64 - 2).max(1);
                self.axis.scroll(screens * most);
            }
            LadderAction::Recentre => {
                if let Some(number) = self.last_number() {
                    self.axis.recentre(number);
                }
            }
        }
    }

    /// The row of the last trade; of the book where there was none.
    #[must_use]
    pub fn last_number(&self) -> Option<i64> {
        let decimals = self.book.precision.price;
        match self.last {
            Some(last) => {
                let finest = decimals.max(last.price().1);
                let price = last.price_at(finest)?;
                let step = Price(self.step).rescaled(decimals, finest)?;
                // What was bought stands with the asks, what was sold with the bids.
                Some(group_price(last.side().opposite(), price, step.0).0 / step.0)
            }
            None => Some(self.book.some_price()?.0.div_euclid(self.step)),
        }
    }

    /// Fills the rows of a panel that has room for so many.
    fn lay_out(&mut self, rows: usize) {
        if let Some(price) = self.book.some_price() {
            let (decimals, is_pointed_at) = (self.book.precision.price, self.hand.y.is_some());
            let step = self.choices.grouping.step(price, decimals, is_pointed_at);
            if step != self.step {
                self.step = step;
                self.axis.forget();
                self.scale = WidthScale::default();
                self.traded_full = 0.0;
            }
        }
        self.axis.fit(rows);
        if let Some(last) = self.last_number() {
            self.axis.follow(last);
        }
        if self.choices.is_scrolled.get_untracked() != self.axis.is_scrolled() {
            self.choices.is_scrolled.set(self.axis.is_scrolled());
        }
        let Some(top) = self.axis.top() else {
            self.rows.clear();
            self.laid_out = None;
            return;
        };
        // A trade, too, has the panel painted: the book is the same then.
        let laid_out = Some((self.book.version(), self.step, top, rows));
        if self.laid_out != laid_out {
            self.laid_out = laid_out;
            self.rows.clear();
            let numbers = (0..rows as i64).map(|row| top - row);
            self.rows.extend(numbers.map(|number| LadderRow {
                number,
                ..LadderRow::default()
            }));
            self.lay_out_book(top);
        }
        let [bids, asks] = &self.sides;
        self.scale.observe(browser::page_ms(), bids, asks);
        self.lay_out_traded(top);
    }

    fn lay_out_book(&mut self, top: i64) {
        let bottom = top - self.rows.len() as i64 + 1;
        let mut is_short = false;
        for (side, groups) in [Side::Buy, Side::Sell].into_iter().zip(&mut self.sides) {
            let (levels, is_cut) = (self.book.levels(side), self.book.is_cut(side));
            group_levels(side, levels, is_cut, self.step, usize::MAX, groups);
            let number = |group: &Group| group.price.0 / self.step;
            let end = groups.last().map(number).filter(|_| is_cut);
            for row in &mut self.rows {
                row.is_beyond |= end.is_some_and(|end| match side {
                    Side::Buy => row.number < end,
                    Side::Sell => row.number > end,
                });
            }
            is_short |= end.is_some_and(|end| match side {
                Side::Buy => end >= bottom,
                Side::Sell => end <= top,
            });
            groups.retain(|group| (bottom..=top).contains(&number(group)));
            for group in groups {
                let row = &mut self.rows[(top - number(group)) as usize];
                match side {
                    Side::Buy => row.bid = Some(*group),
                    Side::Sell => row.ask = Some(*group),
                }
            }
        }
        if let (true, Some(deeper)) = (is_short, self.book.deeper())
            && self.choices.levels.get_untracked() < deeper
        {
            self.choices.levels.set(deeper);
        }
    }

    fn lay_out_traded(&mut self, top: i64) {
        self.traded.fit(self.book.precision);
        let (from, to) = (self.book.precision.price, self.traded.precision().price);
        let Some(step) = Price(self.step).rescaled(from, to) else {
            for row in &mut self.rows {
                row.traded = Traded::default();
            }
            return;
        };
        self.traded_rows.resize(self.rows.len(), Traded::default());
        self.traded.rows(step.0, top, &mut self.traded_rows);
        let mut most = 0.0_f64;
        for (row, traded) in self.rows.iter_mut().zip(&self.traded_rows) {
            row.traded = *traded;
            for amount in [traded.bought, traded.sold] {
                most = most.max(amount.quantity.to_f64(0));
            }
        }
        if most > self.traded_full || most < self.traded_full / 3.0 {
            // Some room, so that not every trade makes all bars shorter.
            self.traded_full = most * 1.25;
        }
    }

    fn write_since(&self) {
        let text = match self.traded.since() {
            None => "–:–".to_owned(),
            Some(since) => {
                let at = since.to_ms().0;
                let local = UnixMs(at + self.choices.zone.get_untracked().offset_ms(at));
                let missing = if self.traded.is_incomplete() { "*" } else { "" };
                format!("{}{missing}", format::hour_minute(local))
            }
        };
        self.since.set(&text, "");
    }

    /// Digits of a size that was traded.
    #[must_use]
    pub fn traded_precision(&self) -> tradesuite_core::model::Precision {
        self.traded.precision()
    }
}

impl Painted for LadderState {
    fn note(&self) -> Option<Note> {
        self.book.note()
    }

    fn paint(&mut self, frame: &Frame) -> bool {
        self.lay_out(paint::rows(frame));
        paint::paint(self, frame);
        self.write_since();
        false
    }

    fn summary(&self) -> String {
        let total = self.traded.total();
        let digits = self.traded.precision().quantity;
        let last = self.last.map_or_else(
            || "No trade yet".to_owned(),
            |last| format!("Last trade {} {}", last.side().name(), last.exact_price()),
        );
        let missing = if self.traded.is_incomplete() {
            ", some may be missing"
        } else {
            ""
        };
        format!(
            "{last}; {} bought and {} sold since counting began{missing}; {}",
            total.bought.quantity.display(digits),
            total.sold.quantity.display(digits),
            self.book.summary()
        )
    }

    fn facts(&self) -> String {
        facts(self)
    }
}
