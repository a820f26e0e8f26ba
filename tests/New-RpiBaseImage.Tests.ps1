BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $folder = "$TestDrive"
}

Describe 'New-RpiBaseImage' {
    It 'says in one sentence that a mirror cannot be reached' {
        $errors = @(Get-ScriptError { New-RpiBaseImage "$folder/base.img" -Mirror 'http://127.0.0.1:9/debian' -CachePath "$folder/cache" })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'MirrorUnreachable,*'
        $errors[0].ErrorDetails.RecommendedAction | Should -Match 'network'
        [System.IO.File]::Exists("$folder/base.img") | Should -BeFalse
    }

    It 'takes nothing that is no name, key or mirror: <Name>' -ForEach @(
        @{ Name = 'HostName'; Value = 'not a name' }
        @{ Name = 'Package'; Value = 'Not A Package' }
        @{ Name = 'AuthorizedKey'; Value = 'secret' }
        @{ Name = 'Mirror'; Value = 'ftp://mirror.test/debian' }
        @{ Name = 'Suite'; Value = 'buster' }
        @{ Name = 'Profile'; Value = 'Desktop' }
    ) {
        $arguments = @{ $Name = $Value }
        $errors = @(Get-ScriptError { New-RpiBaseImage 'base.img' @arguments -WhatIf })
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'ParameterArgumentValidationError,*'
    }

    It 'makes nothing with -WhatIf' {
        New-RpiBaseImage "$folder/new.img" -CachePath "$folder/new" -WhatIf | Should -BeNullOrEmpty
        [System.IO.File]::Exists("$folder/new.img") | Should -BeFalse
        [System.IO.Directory]::Exists("$folder/new") | Should -BeFalse
    }

    It 'does not replace a file unless it is told to' {
        [System.IO.File]::WriteAllText("$folder/mine.img", 'mine')
        $errors = @(Get-ScriptError { New-RpiBaseImage "$folder/mine.img" })
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'DestinationExists,*'
        [System.IO.File]::ReadAllText("$folder/mine.img") | Should -Be 'mine'
    }
}
