// Package ffd is the format of fiscal documents (ФФД 1.05, 1.1, 1.2): the TLV
// that a cash register and its fiscal drive write documents in, the tags, and
// what a receipt or a correction receipt must hold. It is pure.
//
// Sources: order of the tax service ЕД-7-20/662@ of 14.09.2020 with its
// changes (ЕД-7-20/1050@ of 08.12.2025: VAT codes 11 and 12); public schemas of
// the operator mock yandex/ofd for 1.05 and 1.1. Where the two differ the order
// wins and the comment says so.
package ffd
