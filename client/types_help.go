package client

import "time"

// HelpCompany is whose help page it is.
type HelpCompany struct {
	Name  string `json:"name"`
	Phone string `json:"phone,omitempty" doc:"Where a person answers."`
	Hours string `json:"hours,omitempty" doc:"When, in the company's own words."`
	Path  string `json:"path,omitempty" example:"/help"`
}

// HelpSearch is a reader's question.
type HelpSearch struct {
	Text    string `json:"text" minLength:"1" maxLength:"400" example:"касса пишет 235"`
	Lang    string `json:"lang,omitempty" enum:"ru,de,en" doc:"Left out: as the text is written."`
	Visitor string `json:"visitor,omitempty" maxLength:"64" doc:"A random key of 22 to 64 characters of base64url that stays the same for one reader; left out, nothing is measured."`
}

// HelpArticle is an article as a reader sees it: with the steps a cashier may
// do, and only those.
type HelpArticle struct {
	FaultArticle
	Engineer  bool           `json:"engineer" doc:"There are steps that an engineer does."`
	Helped    int            `json:"helped" doc:"How many readers it helped; 0 while fewer than three rated."`
	Rated     int            `json:"rated" doc:"How many readers rated; 0 while fewer than three did."`
	Questions []HelpQuestion `json:"questions"`
}

// HelpQuestion is a reader's question. Readers see published ones alone.
type HelpQuestion struct {
	ID         string    `json:"id"`
	Fault      string    `json:"fault"`
	Lang       string    `json:"lang"`
	Name       string    `json:"name,omitempty"`
	Text       string    `json:"text"`
	State      string    `json:"state" enum:"waiting,published,hidden"`
	Answer     string    `json:"answer,omitempty"`
	AnsweredBy string    `json:"answeredBy,omitempty"`
	AskedAt    time.Time `json:"askedAt"`
	AnsweredAt time.Time `json:"answeredAt,omitzero"`
	Version    int64     `json:"version"`
}

// HelpRating is a reader's word on an article; a second one takes the place of
// the first.
type HelpRating struct {
	Visitor string `json:"visitor" maxLength:"64"`
	Helped  bool   `json:"helped"`
	Words   string `json:"words,omitempty" maxLength:"2400" doc:"For the company's own people alone."`
	Lang    string `json:"lang,omitempty" enum:"ru,de,en"`
}

// HelpVisit says who opened an article.
type HelpVisit struct {
	Visitor string `json:"visitor" maxLength:"64"`
}

// NewHelpQuestion is a question under an article. It waits until an editor
// publishes it.
type NewHelpQuestion struct {
	Visitor string `json:"visitor" maxLength:"64"`
	Name    string `json:"name,omitempty" maxLength:"400"`
	Text    string `json:"text" maxLength:"5000"`
	Lang    string `json:"lang,omitempty" enum:"ru,de,en"`
}

// HelpWalk is a guided walk of a reader without a login.
type HelpWalk struct {
	Path string `json:"path" doc:"Where it goes on; it is the only key to the walk, for 72 hours."`
}

// NewHelpRequest asks for a person. A phone number or an e-mail address is
// needed.
type NewHelpRequest struct {
	Once    string `json:"once" minLength:"22" maxLength:"64" doc:"A random key of base64url: the same one sent again makes no second case."`
	Visitor string `json:"visitor,omitempty" maxLength:"64"`
	Name    string `json:"name,omitempty" maxLength:"400"`
	Phone   string `json:"phone,omitempty" maxLength:"400"`
	Email   string `json:"email,omitempty" maxLength:"400"`
	Account string `json:"account,omitempty" maxLength:"400" doc:"Number of the register: serial, РНМ or FN number."`
	Subject string `json:"subject" maxLength:"1000"`
	About   string `json:"about,omitempty" maxLength:"20000"`
	Stopped bool   `json:"stopped,omitempty" doc:"The register cannot sell."`
	Asked   string `json:"asked,omitempty" maxLength:"400" doc:"What was searched before."`
	Fault   string `json:"fault,omitempty" maxLength:"100" doc:"The article that was read last."`
	Lang    string `json:"lang,omitempty" enum:"ru,de,en"`
}

// HelpTicket is the number that the reader is told.
type HelpTicket struct {
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
}

// HelpAnswer publishes a question.
type HelpAnswer struct {
	Version int64  `json:"version" doc:"The one that was read; an older one is answered with 409."`
	Answer  string `json:"answer,omitempty" maxLength:"20000" doc:"Left out: published as it stands."`
}

// HelpVersion names what was read.
type HelpVersion struct {
	Version int64 `json:"version" doc:"The one that was read; an older one is answered with 409."`
}

// HelpMissed is a search that ended without a sure answer, without personal
// numbers and addresses.
type HelpMissed struct {
	ID      string    `json:"id"`
	Text    string    `json:"text"`
	Lang    string    `json:"lang"`
	Source  string    `json:"source" enum:"help,api,desk" doc:"Where it was asked last."`
	Count   int64     `json:"count"`
	FirstAt time.Time `json:"firstAt"`
	LastAt  time.Time `json:"lastAt"`
	State   string    `json:"state" enum:"open,dismissed,linked"`
	Fault   string    `json:"fault,omitempty" doc:"The article that answers it."`
	Version int64     `json:"version"`
}

// HelpMissedStep settles a search that found nothing.
type HelpMissedStep struct {
	Version int64  `json:"version" doc:"The one that was read; an older one is answered with 409."`
	State   string `json:"state" enum:"open,dismissed,linked"`
	Fault   string `json:"fault,omitempty" doc:"Of linked: the article that answers it."`
}

// HelpWord is what a reader wrote with a rating.
type HelpWord struct {
	Fault  string    `json:"fault"`
	Lang   string    `json:"lang"`
	Helped bool      `json:"helped"`
	Words  string    `json:"words"`
	At     time.Time `json:"at"`
}

// HelpFunnel is how many readings came how far; solved is the sum of the last
// three.
type HelpFunnel struct {
	Shown   int `json:"shown"`
	Opened  int `json:"opened"`
	Solved  int `json:"solved" doc:"The reader said that it helped, or the walk ended well."`
	Spared  int `json:"spared" doc:"And no case came from the reader or the outlet for 7 days."`
	Waiting int `json:"waiting" doc:"The 7 days are not over."`
	Called  int `json:"called" doc:"A case came all the same."`
}

// HelpFigures is what articles were worth in a period.
type HelpFigures struct {
	From     time.Time             `json:"from"`
	To       time.Time             `json:"to"`
	All      HelpFunnel            `json:"all" doc:"Visits, whatever was read in them."`
	Articles map[string]HelpFunnel `json:"articles"`
	Days     map[string]HelpFunnel `json:"days" doc:"Visits by the day they began, in the company's zone."`
}

// HelpPage is how a company's public help page is reached and what it offers.
type HelpPage struct {
	Slug    string `json:"slug" maxLength:"80" doc:"/help/<slug>; empty: none."`
	Phone   string `json:"phone" maxLength:"80"`
	Hours   string `json:"hours" maxLength:"400"`
	Closed  bool   `json:"closed"`
	Version int64  `json:"version" doc:"The one that was read; an older one is answered with 409."`
}
