//! The worked cases of the field, each from HTTP handeling to GraphQL answer.

mod smoke;
