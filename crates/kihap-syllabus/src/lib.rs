//! Taekwondo as data: techniques, poomsae, basic motions, sparring.
