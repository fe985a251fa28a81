//! The worked cases of the field, each from HTTP handeling to GraphQL answer. A test is named after
//! its scenario and what must come of it; `vocabulary` has the words for what happens, `views` for
//! what is shown.

mod bt;
mod c0534;
mod c0992;
mod c1199;
mod c2138;
mod c2984;
mod c4390;
mod c9018;
mod c9167;
mod c9708;
mod c9761;
mod fcor;
mod okr;
mod v6898;
mod views;
mod vocabulary;
