// Package guest holds no code: its tests and benchmarks watch what the agent
// costs the shop's computer, its registers and the point-of-sale program whose
// port it borrows.
package guest
