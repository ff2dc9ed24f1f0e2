//! The text as a rule, by recursive descent over its pieces.

use super::error::TextError;
use super::lexer::{Token, tokens};
use super::operand;
use crate::model::Decimal;
use crate::model::alert::{
    CHANNEL_OPERATORS, Comparison, Condition, DIRECTIONS, LEVEL_OPERATORS, NoData, Operand,
    OperatorSpec, Term, Test, Watch,
};

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    next: usize,
    /// Comparisons so far.
    tests: usize,
    /// That are open.
    brackets: u32,
}

pub(super) type Read<T> = Result<T, TextError>;

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            tokens: tokens(text),
            next: 0,
            tests: 0,
            brackets: 0,
        }
    }

    pub(super) fn watch(mut self) -> Read<Watch> {
        let instrument = self.peek();
        let instrument = instrument.text.parse();
        let instrument =
            instrument.map_err(|_| self.no("an instrument such as coinbase:BTC-USD"))?;
        self.next += 1;
        let condition = self.condition()?;
        let trigger_at = self.peek();
        let mut watch = Watch {
            instrument,
            condition,
            trigger: self.trigger()?,
            hold_s: 0,
            hysteresis: None,
            no_data: NoData::Keep,
            expires: None,
            hours: None,
        };
        let mut seen = Vec::new();
        while self.next < self.tokens.len() {
            let option = self.peek();
            if seen.contains(&option.text) {
                return Err(self.no("another option"));
            }
            self.option(&mut watch)?;
            seen.push(option.text);
        }
        match watch.check() {
            Ok(()) => Ok(watch),
            Err(reason) => Err(TextError::new(
                trigger_at.at,
                format!("no `for` ({reason})"),
                "for",
            )),
        }
    }

    /// The next piece; an empty one at the end.
    pub(super) fn peek(&self) -> Token<'a> {
        let end = Token {
            at: self.text.len(),
            text: "",
        };
        self.tokens.get(self.next).copied().unwrap_or(end)
    }

    pub(super) fn take(&mut self) -> Token<'a> {
        let token = self.peek();
        self.next += 1;
        token
    }

    pub(super) fn no(&self, expected: &str) -> TextError {
        let found = self.peek();
        TextError::new(found.at, expected, found.text)
    }

    /// Takes these words if they come next.
    pub(super) fn skip(&mut self, words: &str) -> bool {
        let count = words.split(' ').count();
        let ahead = self.tokens.iter().skip(self.next).map(|token| token.text);
        let is_next = ahead.take(count).eq(words.split(' '));
        if is_next {
            self.next += count;
        }
        is_next
    }

    pub(super) fn expect(&mut self, words: &str) -> Read<()> {
        match self.skip(words) {
            true => Ok(()),
            false => Err(self.no(&format!("`{words}`"))),
        }
    }

    /// The value of the next piece, where it has one.
    pub(super) fn parsed<T>(
        &mut self,
        expected: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Read<T> {
        let value = read(self.peek().text).ok_or_else(|| self.no(expected))?;
        self.next += 1;
        Ok(value)
    }

    fn condition(&mut self) -> Read<Condition> {
        let start = self.peek();
        let condition = self.any()?;
        let most = Condition::LIMITS.depth;
        if condition.depth() > most {
            let expected = format!("a condition of at most {most} levels of `and` and `or`");
            return Err(TextError::new(start.at, expected, start.text));
        }
        Ok(condition)
    }

    fn any(&mut self) -> Read<Condition> {
        self.group("or", Condition::Any, |parser| {
            parser.group("and", Condition::All, Self::single)
        })
    }

    /// One part, or several with a word between them.
    fn group(
        &mut self,
        word: &str,
        make: fn(Vec<Condition>) -> Condition,
        part: fn(&mut Self) -> Read<Condition>,
    ) -> Read<Condition> {
        let first = part(self)?;
        if self.peek().text != word {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.skip(word) {
            parts.push(part(self)?);
        }
        Ok(make(parts))
    }

    fn single(&mut self) -> Read<Condition> {
        let limits = Condition::LIMITS;
        if self.peek().text == "(" {
            if self.brackets == limits.depth {
                let most = format!(
                    "no bracket, as {} within each other is the most,",
                    limits.depth
                );
                return Err(self.no(&most));
            }
            self.next += 1;
            self.brackets += 1;
            let inner = self.any()?;
            self.expect(")")?;
            self.brackets -= 1;
            return Ok(inner);
        }
        self.tests += 1;
        if self.tests > limits.tests {
            let most = format!("an end, as {} comparisons is the most,", limits.tests);
            return Err(self.no(&most));
        }
        let left = self.operand()?;
        let comparison = self.comparison()?;
        Ok(Condition::Test(Box::new(Test { left, comparison })))
    }

    fn operand(&mut self) -> Read<Operand> {
        let word = self.peek();
        let (spec, mut output) = operand::named(word)?;
        self.next += 1;
        let mut arguments = Vec::new();
        if output.is_none() && self.skip("(") {
            loop {
                let argument = self.peek();
                if matches!(argument.text, "" | "(" | ")" | "," | "<" | ">") {
                    return Err(self.no("a setting"));
                }
                arguments.push(self.take());
                if !self.skip(",") {
                    break;
                }
            }
            self.expect(")")?;
            let behind = self.peek();
            if let Some(text) = behind.text.strip_prefix('.') {
                let at = behind.at + 1;
                output = Some(Token { at, text });
                self.next += 1;
            }
        }
        operand::build(spec, &arguments, output, word)
    }

    fn comparison(&mut self) -> Read<Comparison> {
        if let Some(operator) = self.operator(LEVEL_OPERATORS) {
            return Ok(Comparison::Level(operator, self.term()?));
        }
        if let Some(operator) = self.operator(CHANNEL_OPERATORS) {
            let low = self.term()?;
            self.expect("to")?;
            let high = self.term()?;
            return Ok(Comparison::Channel {
                operator,
                low,
                high,
            });
        }
        if let Some(direction) = self.operator(DIRECTIONS) {
            let percent = self.parsed("a percentage above 0 such as 2.5%", |text| {
                let percent = Decimal::parse(text.strip_suffix('%')?).ok()?;
                (percent.mantissa > 0).then_some(percent)
            })?;
            self.expect("within")?;
            let within_s = self.span(1)?;
            return Ok(Comparison::Move {
                direction,
                percent,
                within_s,
            });
        }
        let levels = LEVEL_OPERATORS.iter().map(|spec| spec.text);
        let channels = CHANNEL_OPERATORS.iter().map(|spec| spec.text);
        let moves = DIRECTIONS.iter().map(|spec| spec.text);
        let all: Vec<_> = levels.chain(channels).chain(moves).collect();
        Err(self.no(&format!("one of {}", all.join(", "))))
    }

    fn operator<T: Copy>(&mut self, table: &[OperatorSpec<T>]) -> Option<T> {
        let found = table.iter().find(|spec| self.skip(spec.text));
        found.map(|spec| spec.operator)
    }

    fn term(&mut self) -> Read<Term> {
        let word = self.peek();
        if word
            .text
            .starts_with(|c: char| c.is_ascii_digit() || c == '-')
        {
            let number = self.parsed("a number that can be kept exactly", |text| {
                Decimal::parse(text).ok()
            });
            return number.map(Term::Number);
        }
        let operand = self.operand();
        operand.map(Term::Operand).map_err(|mut error| {
            let column = error.column as usize;
            if column == word.at + 1 && error.expected.starts_with("an operand") {
                error.expected = "a number or an operand".to_owned();
            }
            error
        })
    }
}
