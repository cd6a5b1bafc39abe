//! A short tour: each step points at something real, and goes on when that is done or when it is passed by. Nothing is blocked
//! meanwhile: all of the window can be used as always.

mod standing;
mod step;

use eframe::egui::{
    Align2, Area, Context, Frame, Id, LayerId, Margin, Order, Pos2, Rect, RichText, Stroke, StrokeKind, Ui, Vec2, pos2,
};

use super::landmarks::Landmark;
use super::theme::palette;
use super::widgets::text::{main_button, quiet_button};
use crate::session::Session;
use standing::Avoided;
use step::{Before, Step};

/// Width of a card in points, and the share of the window that it has at most: in a small one the views beside the map are narrow.
const WIDTH: f32 = 300.0;
const SHARE: f32 = 0.33;
/// Less than this a card never has, in points, as long as the window is so wide.
const LEAST_WIDTH: f32 = 240.0;

/// The tour, if it is taken.
#[derive(Default)]
pub struct Tour {
    state: State,
    /// How large the card was when it was last drawn.
    card: Vec2,
    /// Where the card of a step stands, by the step's place.
    stands: Option<(usize, Pos2)>,
    /// Whether the card is new, and Return is to lead on from it.
    takes_return: Takes,
}

/// Whose Return is: whoever goes on by it, or began the tour, goes on by it again; from who works in the window, which is what a step
/// asks for, nothing is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Takes {
    /// Not the card's, or it has it already.
    #[default]
    Nothing,
    /// The card's, unless something else has it.
    IfFree,
    /// The card's.
    Always,
}

#[derive(Default)]
enum State {
    /// Nobody takes it.
    #[default]
    Off,
    /// It begins once something is open.
    Awaited,
    /// It is offered.
    Offered,
    /// At a step, by its place; what was chosen when it began, once it was drawn.
    At(usize, Option<Before>),
}

impl Tour {
    /// Offers it, unless it is taken.
    pub fn offer(&mut self) {
        if matches!(self.state, State::Off) {
            self.state = State::Offered;
        }
    }

    /// Begins it.
    pub fn begin(&mut self) {
        self.state = State::At(0, None);
        self.takes_return = Takes::Always;
    }

    /// Begins it once something is open.
    pub fn begin_when_open(&mut self) {
        self.state = State::Awaited;
    }

    /// Something is open now.
    pub fn note_opened(&mut self) {
        if matches!(self.state, State::Awaited) {
            self.begin();
        }
    }

    /// What was open is not any more.
    pub fn note_closed(&mut self) {
        if !matches!(self.state, State::Awaited) {
            self.state = State::Off;
        }
    }

    /// Leaves it, or turns the offer down; whether there was anything to leave.
    pub fn leave(&mut self) -> bool {
        !matches!(std::mem::take(&mut self.state), State::Off)
    }

    /// Shows where it is, over all that was drawn.
    pub fn show(&mut self, ctx: &Context, session: &Session) {
        match &mut self.state {
            State::Off | State::Awaited => {}
            State::Offered => self.show_offer(ctx),
            State::At(place, before) => {
                let step = Step::ALL[*place];
                let is_done = match before {
                    Some(before) => step.is_done(before, session),
                    None => false,
                };
                before.get_or_insert_with(|| Before::of(session));
                // Whoever still drags wants to see what comes of it.
                if is_done && !ctx.input(|input| input.pointer.any_down()) {
                    self.go_on();
                    self.takes_return = Takes::IfFree;
                    ctx.request_repaint();
                    return;
                }
                let place = *place;
                self.show_step(ctx, place, step);
            }
        }
    }

    /// To the next step, or to the end.
    fn go_on(&mut self) {
        self.state = match &self.state {
            State::At(place, _) if place + 1 < Step::ALL.len() => State::At(place + 1, None),
            State::At(..) | State::Off | State::Awaited | State::Offered => State::Off,
        };
    }

    fn show_offer(&mut self, ctx: &Context) {
        let room = ctx.content_rect();
        let place = pos2(room.center().x - self.card.x * 0.5, room.bottom() - self.card.y - 84.0);
        let (mut begins, mut is_left) = (false, false);
        self.show_card(ctx, place, |ui| {
            ui.label(RichText::new("New here?").strong().color(palette().strong));
            ui.label("A tour of five steps shows what to look at. The Help menu has it at any time.");
            ui.add_space(4.0);
            ui.horizontal(|ui| {
                begins = main_button(ui, "Start the tour").clicked();
                is_left = quiet_button(ui, "Not now").clicked();
            });
        });
        if begins {
            self.begin();
        } else if is_left {
            self.leave();
        }
    }

    fn show_step(&mut self, ctx: &Context, place: usize, step: Step) {
        let found = step.landmarks().iter().find_map(|landmark| Some((*landmark, landmark.find(ctx)?)));
        let landmark: Option<Landmark> = found.map(|(landmark, _)| landmark);
        let room = ctx.content_rect().shrink(8.0);
        let at = match found {
            Some((landmark, target)) => {
                let layer = LayerId::new(Order::Middle, Id::unique("tour: ring"));
                let ring = target.expand(3.0).intersect(ctx.content_rect().shrink(2.0));
                let line = Stroke::new(2.0, palette().accent);
                ctx.layer_painter(layer).rect_stroke(ring, 6.0, line, StrokeKind::Inside);
                let avoided = Avoided::of(ctx, step, landmark, target);
                let best = avoided.best_place(self.card, room);
                self.where_it_stands(ctx, place, &avoided, best).unwrap_or(best)
            }
            None => pos2(room.center().x - self.card.x * 0.5, room.bottom() - self.card.y - 76.0),
        };
        self.stands = Some((place, at));
        let is_last = place + 1 == Step::ALL.len();
        let (mut goes_on, mut is_left, mut has_return) = (false, false, false);
        let takes = self.takes_return;
        self.show_card(ctx, at, |ui| {
            let count = format!("Tour, {} of {}", place + 1, Step::ALL.len());
            ui.label(RichText::new(count).small().color(palette().weak));
            ui.label(RichText::new(step.title()).strong().color(palette().strong));
            ui.label(step.text(landmark));
            ui.add_space(4.0);
            ui.horizontal(|ui| {
                let next = main_button(ui, if is_last { "Finish the tour" } else { "Next step" });
                // What is drawn to be measured alone has nothing yet.
                if ui.is_enabled() && !ui.is_sizing_pass() {
                    let is_free = ctx.memory(|memory| memory.focused().is_none());
                    if takes == Takes::Always || (takes == Takes::IfFree && is_free) {
                        next.request_focus();
                    }
                    has_return = true;
                }
                goes_on = next.clicked();
                if !is_last {
                    is_left = quiet_button(ui, "Leave the tour").on_hover_text("Escape does it, too").clicked();
                }
            });
        });
        if has_return {
            self.takes_return = Takes::Nothing;
        }
        if goes_on {
            self.go_on();
            self.takes_return = Takes::Always;
        } else if is_left {
            self.leave();
        }
    }

    /// Where the card of this step stands, if it can stay there: whoever is about to click it must not miss it because what it points at
    /// grew or has moved. `best` is where it would stand if it came now.
    fn where_it_stands(&self, ctx: &Context, step: usize, avoided: &Avoided, best: Pos2) -> Option<Pos2> {
        let (_, at) = self.stands.filter(|(place, _)| *place == step)?;
        let [card, best] = [at, best].map(|at| Rect::from_min_size(at, self.card));
        let is_pointed_at = ctx.input(|input| input.pointer.latest_pos()).is_some_and(|pointer| card.contains(pointer));
        let is_as_clear = avoided.lost(card) <= avoided.lost(best);
        let is_clear = ctx.content_rect().contains_rect(card) && is_as_clear;
        (is_pointed_at || is_clear).then_some(at)
    }

    /// Draws a card at a place.
    fn show_card(&mut self, ctx: &Context, at: Pos2, content: impl FnOnce(&mut Ui)) {
        let room = ctx.content_rect();
        let frame = Frame::popup(&ctx.global_style()).inner_margin(Margin::same(14));
        let frame = frame.stroke(Stroke::new(1.0, palette().accent));
        let area = Area::new(Id::unique("tour")).order(Order::Middle).fixed_pos(at).pivot(Align2::LEFT_TOP);
        let drawn = area.constrain_to(room).show(ctx, |ui| {
            frame.show(ui, |ui| {
                ui.set_width(WIDTH.min(room.width() * SHARE).max(LEAST_WIDTH.min(room.width() - 60.0)));
                content(ui);
            });
        });
        let size = drawn.response.rect.size();
        if size != self.card {
            // It stands where one of another size has room.
            self.card = size;
            self.stands = None;
            ctx.request_repaint();
        }
    }
}
