mod accounts;
mod dex;
mod first_start;
mod local;
mod logins;
mod logout;
mod sso;
