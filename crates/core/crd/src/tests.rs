//! What holds for every type, read off the types' own schemas and tables.

mod appendix;
mod crds;
mod generate;
mod omission;
mod protobuf;
mod reading;
mod round_trip;
mod validate;
